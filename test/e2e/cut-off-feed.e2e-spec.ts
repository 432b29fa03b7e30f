import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anApprovedProposal,
  type Contractor,
  eventsOf,
  idle,
  pollCompany,
} from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { openCodes } from '../support/inbox.js';
import type { Json } from '../support/people.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../support/stripe.js';

const HOUR_MS = 3_600_000;

/** QuickBooks tells what changed in the last 30 days, a thousand things at most, and leaves out the rest. */
describe('What QuickBooks cannot tell any more, as a company was away for longer than a month,', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let id: number;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    id = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    await payDeposit(books, contractor.admin, id);
    await happens('payment_recorded');
    await pollCompany(books, contractor);
  });

  afterEach(() => books.control.resetClock());

  afterAll(() => books[Symbol.asyncDispose]());

  const happens = (event: string) =>
    eventually(async () => expect(await eventsOf(contractor, id)).toContain(event));
  const codes = () => openCodes(contractor.admin);
  /** A bookkeeper does something that no feed tells of by the time the company is polled again. */
  const meanwhile = async (deed: () => Promise<unknown>): Promise<void> => {
    await books.control.setClock(new Date(Date.now() - 3 * HOUR_MS));
    await deed();
    await books.control.resetClock();
    await books.database.query(
      `update qbo_sweeps set changed_since = now() - interval '40 days' where org_id = $1`,
      [contractor.orgId],
    );
    await pollCompany(books, contractor);
  };
  const ours = async (entity: 'Payment' | 'RefundReceipt' | 'CreditMemo'): Promise<Json> => {
    const records = (await books.control.records(contractor.realmId, entity)) as unknown as Json[];
    return records.findLast(({ PrivateNote }) => PrivateNote?.startsWith('crm:'))!;
  };
  const refunded = async (amount_cents: number): Promise<void> => {
    const { admin } = contractor;
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    const asked = await admin.post(`/payments/${payment!.id}/refund`, { amount_cents, reason: 'Goodwill' });
    expect(asked).toMatchObject({ status: 200 });
    await happens('refund_recorded');
    await pollCompany(books, contractor);
  };

  it('is before a person where it is that a payment of ours was deleted', async () => {
    const { Id } = await ours('Payment');
    await meanwhile(() => books.control.deletePayment(contractor.realmId, Id as string));
    expect((await contractor.admin.get(`/proposals/${id}`)).body).toMatchObject({ qbo_status: 'Open' });
    expect(await codes()).toEqual(['payment_removed']);
  });

  it('is before a person where it is that a payment of ours was taken off its invoice', async () => {
    const { Id } = await ours('Payment');
    await meanwhile(() => books.control.unapplyPayment(contractor.realmId, Id as string));
    expect(await codes()).toEqual(['payment_on_account']);
    await meanwhile(() => books.control.deletePayment(contractor.realmId, Id as string));
    expect(await codes()).toEqual(['payment_removed']);
  });

  it('is before a person where it is that a receipt of a refund was deleted', async () => {
    await refunded(5_000);
    const { Id } = await ours('RefundReceipt');
    await meanwhile(() => books.control.deleteRefundReceipt(contractor.realmId, Id as string));
    expect(await codes()).toEqual(['refund_removed']);
  });

  it('is before a person where it is that a credit memo of a change order was deleted', async () => {
    const { admin, realmId } = contractor;
    expect(await admin.post(`/proposals/${id}/contract/entries/2/bill`)).toMatchObject({ status: 200 });
    const lines = [{ description: 'Gutter', quantity: 1, unit_price_cents: -50_000 }];
    await admin.post(`/proposals/${id}/change-orders`, { description: 'Gutter', lines });
    await admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Agreed' });
    await happens('credit_memo_applied');
    await idle(books, contractor);
    await pollCompany(books, contractor);
    const [use] = ((await books.control.records(realmId, 'Payment')) as unknown as Json[]).filter(
      ({ TotalAmt }) => TotalAmt === 0,
    );
    const { Id } = await ours('CreditMemo');
    await meanwhile(async () => {
      await books.control.deletePayment(realmId, use!.Id as string);
      await books.control.deleteCreditMemo(realmId, Id as string);
    });
    expect(await codes()).toEqual(['credit_memo_gone']);
  });

  it('is before a person where it is that a bookkeeper received money of a customer on account', async () => {
    const { qbo_invoice_id: invoice } = (await contractor.admin.get(`/proposals/${id}`)).body;
    await meanwhile(() =>
      books.control.receivePayment(contractor.realmId, invoice as string, { unapplied: true, amount: 700 }),
    );
    expect(await codes()).toEqual(['payment_on_account']);
  });

  it('costs a read for each kind of it that there is, and none where there is none', async () => {
    await refunded(5_000);
    const calls = async () => (await books.control.calls(contractor.realmId)).operations;
    await books.control.resetCalls();
    await meanwhile(async () => {});
    expect(await calls()).toMatchObject({ 'refundreceipt.query': 1 });
    expect(await calls()).not.toHaveProperty('creditmemo.query');
    expect(await codes()).toEqual([]);
  });
});
