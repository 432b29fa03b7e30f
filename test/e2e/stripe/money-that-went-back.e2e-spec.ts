import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openCodes } from '../../support/inbox.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

/** A deposit of 3,750.00 that the customer has again, of a contract of 12,500.00. */
describe('A deposit that went back to the customer', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let proposalId: number;
  let intent: string;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    proposalId = await anApprovedProposal(contractor);
    ({ paymentIntentId: intent } = await payDeposit(books, contractor.admin, proposalId));
    await idle(books, contractor);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const proposal = async (): Promise<Json> => (await contractor.admin.get(`/proposals/${proposalId}`)).body;
  const codes = () => openCodes(contractor.admin);
  const ourPayments = async (): Promise<Json[]> =>
    (await books.control.records(contractor.realmId, 'Payment')).filter(
      ({ PrivateNote, status }) => beginsWith(PrivateNote, 'crm:') && status !== 'Deleted',
    );
  const refund = async () => {
    const { items } = (await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body;
    const answer = await contractor.admin.post(`/payments/${items[0].id}/refund`, { reason: 'Put off' });
    expect(answer.body).toMatchObject({ state: 'refunded' });
    await idle(books, contractor);
  };
  const isLost = async () => {
    const { id } = await books.stripe.act('dispute', { payment_intent: intent });
    await books.stripe.act('close-dispute', { dispute: id, status: 'lost' });
    await eventually(async () => expect(await codes()).toEqual(['dispute_lost']));
  };
  const takeOff = async () => {
    const [payment] = await ourPayments();
    await books.control.deletePayment(contractor.realmId, payment!.Id as string);
    await pollCompany(books, contractor);
  };
  /** What the customer's page says that it comes to. */
  const sums = async (): Promise<string> => {
    const { url } = (await contractor.admin.post(`/portal/links/${proposalId}`)).body as { url: string };
    const page = await fetch(`${books.app.url}${new URL(url).pathname}`);
    const text = (await page.text()).replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    return /Payments What Amount.*?(Contract \S+ Paid.*?Remaining \S+)/.exec(text)![1]!;
  };

  it('is not put on the invoice that is made anew, as why says where money is still due', async () => {
    const { admin, realmId } = contractor;
    await refund();
    await books.control.voidInvoice(realmId, (await proposal()).qbo_invoice_id as string);
    await pollCompany(books, contractor);
    const { next_step: step } = (await admin.get(`/proposals/${proposalId}/why`)).body;
    const [, path, body] = /by POST (\S+) with (\{.+\})\./.exec(step as string)!;
    expect((await admin.post(path!, JSON.parse(body!))).body).toMatchObject({ status: 'created' });
    await idle(books, contractor);
    expect(await ourPayments()).toMatchObject([{ UnappliedAmt: 3750 }]);
    expect(await codes()).toEqual(['payment_on_account']);
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_state: 'open', qbo_balance_cents: 375_000 });

    await payDeposit(books, admin, proposalId);
    await idle(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', deposit_paid_cents: 375_000 });
    expect(await sums()).toBe('Contract $12,500.00 Paid $3,750.00 Remaining $8,750.00');
  });

  it('is not put on the invoice that is made anew where its payment was deleted in QuickBooks', async () => {
    const { admin, realmId } = contractor;
    await takeOff();
    await books.control.voidInvoice(realmId, (await proposal()).qbo_invoice_id as string);
    await pollCompany(books, contractor);
    await admin.post(`/qbo/invoice/${proposalId}`, { again: true });
    await idle(books, contractor);
    expect(await codes()).toEqual(['payment_removed']);
  });

  it('is to be paid again by the page of the customer once the bank took it, until it is paid anew', async () => {
    await isLost();
    expect(await sums()).toBe('Contract $12,500.00 Paid $0.00 Remaining $12,500.00');
    await takeOff();
    expect(await sums()).toBe('Contract $12,500.00 Paid $0.00 Remaining $12,500.00');
    await payDeposit(books, contractor.admin, proposalId);
    await idle(books, contractor);
    expect(await sums()).toBe('Contract $12,500.00 Paid $3,750.00 Remaining $8,750.00');
  });

  it('is to be paid again by the page of the customer once the bank took it, until a check pays it', async () => {
    await isLost();
    await takeOff();
    const invoiceId = (await proposal()).qbo_invoice_id as string;
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 1000 });
    await pollCompany(books, contractor);
    expect(await sums()).toBe('Contract $12,500.00 Paid $1,000.00 Remaining $11,500.00');
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await pollCompany(books, contractor);
    expect(await sums()).toBe('Contract $12,500.00 Paid $3,750.00 Remaining $8,750.00');
  });
});
