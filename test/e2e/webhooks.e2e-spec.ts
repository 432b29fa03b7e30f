import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aContractor, anInvoicedProposal, type Contractor, eventsOf } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { metric } from '../support/metrics.js';
import { type BooksWithWebhooks, openBooksWithWebhooks, settledEvents } from '../support/webhooks.js';

describe('What happens in QuickBooks, heard by webhook', () => {
  let books: BooksWithWebhooks;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;

  beforeAll(async () => {
    books = await openBooksWithWebhooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
    await settledEvents(books, contractor.realmId);
    await books.control.resetCalls();
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const proposal = async () => (await contractor.admin.get(`/proposals/${proposalId}`)).body;
  const becomes = (facts: object) => eventually(async () => expect(await proposal()).toMatchObject(facts));
  const calls = async () => (await books.control.calls(contractor.realmId)).total;

  it('a payment makes the invoice paid within seconds, without any poll', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await becomes({ qbo_status: 'Paid', qbo_state: 'paid', qbo_paid_cents: 375_000 });
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created', 'invoice_paid']);
    expect(await metric(books.app, 'crm_invoices_paid_total', { org_id: contractor.orgId })).toBe(1);
    expect(await calls()).toBe(2);
  });
});
