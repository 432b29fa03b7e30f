import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../support/books.js';
import { FakeClock } from '../support/clock.js';
import { eventually } from '../support/eventually.js';
import type { Json } from '../support/people.js';

describe('A company of which not everything may be read', () => {
  let books: Books;
  let contractor: Contractor;
  let clock: FakeClock;
  let customerId: string;

  beforeAll(async () => {
    clock = new FakeClock(new Date());
    books = await openBooks({ JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '300' }, clock);
    contractor = await aContractor(books);
    await anInvoicedProposal(contractor);
    const { realmId } = contractor;
    customerId = (await books.control.createCustomer(realmId, 'Large Builder')).Id;
    await books.control.createInvoice(realmId, { customer_id: customerId, amount: 100 });
    await books.control.journalEntry(realmId, { customer_id: customerId, amount: 30 });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  /** What the customer owes and has on account, once there is a report. */
  const owed = (): Promise<object> =>
    eventually(async () => {
      const { status, body } = await contractor.admin.get('/reports/aging?scope=company');
      expect(status).toBe(200);
      const sum = (rows: Json[]): number =>
        rows
          .filter(({ qbo_customer_id: id }) => id === customerId)
          .reduce((total, { total_cents: cents }) => total + cents, 0);
      return { rows: sum(body.rows), credits: sum(body.credits), unknown: body.unknown };
    });
  const chartReads = async (): Promise<number> =>
    (await books.control.calls(contractor.realmId)).operations['account.query'] ?? 0;

  it('has reports without its chart of accounts, which is asked for once an hour', async () => {
    await books.control.planFault({
      realm_id: contractor.realmId,
      operation: 'account.query',
      kind: '403',
      times: 99,
    });
    await books.control.resetCalls();
    const lacking = { rows: 10_000, credits: 0, unknown: ['journal_entry', 'bank_entry'] };
    expect(await owed()).toEqual(lacking);
    clock.advance({ minutes: 2 });
    expect(await owed()).toEqual(lacking);
    expect(await chartReads()).toBe(1);
  });

  it('has what journal entries say of customers in them once its chart can be read', async () => {
    await books.control.clearFaults();
    clock.advance({ hours: 1, minutes: 5 });
    expect(await owed()).toEqual({ rows: 10_000, credits: -3_000, unknown: [] });
  });

  it('has invoices that follow each poll, also where what changed of its other documents may not be read', async () => {
    const { admin, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(realmId, invoiceId, { amount: 100 });
    await books.control.planFault({ realm_id: realmId, operation: 'cdc', kind: '403' });
    await pollCompany(books, contractor);
    expect((await admin.get(`/proposals/${proposalId}`)).body).toMatchObject({ qbo_paid_cents: 10_000 });
  });
});
