import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChangeFeedPollService } from '../../../src/qbo-sync/pull/change-feed/change-feed-poll.service.js';
import { FullReconciliationService } from '../../../src/qbo-sync/pull/reconciliation/full-reconciliation.service.js';
import {
  aContractor,
  anApprovedProposal,
  compared,
  type Contractor,
  eventsOf,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore } from '../../support/hold.js';
import { openCodes } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { connect } from '../../support/qbo.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

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
  const unheard = async (deed: () => Promise<unknown>): Promise<void> => {
    await books.control.setClock(new Date(Date.now() - 3 * HOUR_MS));
    await deed();
    await books.control.resetClock();
    for (const cursor of ['qbo_sweeps', 'qbo_customer_mirrors'])
      await books.database.query(
        `update ${cursor} set changed_since = now() - interval '40 days' where org_id = $1`,
        [contractor.orgId],
      );
  };
  /** The same, and then it is polled. */
  const meanwhile = async (deed: () => Promise<unknown>): Promise<void> => {
    await unheard(deed);
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

  it('is before a person where it is that money of before came free, which was on an invoice of others', async () => {
    const { realmId } = contractor;
    const { CustomerRef } = await ours('Payment');
    await books.control.setClock(new Date(Date.now() - 60 * 24 * HOUR_MS));
    const { Id } = await books.control.createInvoice(realmId, { customer_id: CustomerRef.value, amount: 90 });
    const paid = await books.control.receivePayment(realmId, Id);
    await books.control.resetClock();
    await pollCompany(books, contractor);
    expect(await codes()).toEqual([]);
    await meanwhile(() => books.control.unapplyPayment(realmId, paid.Id));
    expect(await codes()).toEqual(['payment_on_account']);
  });

  it('is before a person where it is that a payment of ours was made larger, for an invoice of others', async () => {
    const payment = await ours('Payment');
    const { CustomerRef, Line, TotalAmt } = payment;
    const other = { customer_id: CustomerRef.value as string, amount: 40 };
    const { Id: TxnId } = await books.control.createInvoice(contractor.realmId, other);
    const lines = [...(Line as Json[]), { Amount: 40, LinkedTxn: [{ TxnId, TxnType: 'Invoice' }] }];
    const larger = { ...payment, Line: lines, TotalAmt: TotalAmt + 40 };
    await meanwhile(() => askCompany(books, contractor, 'payment', larger));
    expect((await ours('Payment')).TotalAmt).toBe(TotalAmt + 40);
    expect(await codes()).toEqual(['total_differs']);
  });

  it('is no question of each of their invoices where it is that a customer was merged into another', async () => {
    const { realmId } = contractor;
    const { CustomerRef } = await ours('Payment');
    const { Id: survivor } = await books.control.createCustomer(realmId, 'Elm Street Trust');
    await pollCompany(books, contractor);
    await meanwhile(() => books.control.mergeCustomers(realmId, survivor, CustomerRef.value as string));
    expect(await eventsOf(contractor, id)).toContain('invoice_changed');
    expect(await codes()).toEqual([]);
  });

  it('is no question of any where a customer of more invoices than one page was merged', async () => {
    const { realmId, orgId, admin } = contractor;
    const { value: customer_id } = (await ours('Payment')).CustomerRef;
    const ids = await books.control.createInvoices(realmId, { customer_id, amount: 100, count: 120 });
    const { customer_id: customerId } = (await admin.get(`/proposals/${id}`)).body;
    await books.database.query(
      `insert into leads (org_id, customer_id, name, status, amount_cents, approved_at, qbo_invoice_id)
       select $1, $2, 'Roof ' || id, 'approved', 10000, now(), id from unnest($3::text[]) id`,
      [orgId, customerId, ids],
    );
    const { Id: survivor } = await books.control.createCustomer(realmId, 'Elm Street Trust');
    await meanwhile(async () => {});
    await meanwhile(() => books.control.mergeCustomers(realmId, survivor, customer_id as string));
    const moved = 'select from invoices where org_id = $1 and qbo_customer_ref = $2';
    expect(await books.database.query(moved, [orgId, survivor])).toHaveLength(121);
    expect(await codes()).toEqual([]);
  });

  it('is before a person also where somebody has everything compared as the company is polled', async () => {
    const { realmId, admin, orgId } = contractor;
    const { app } = books.app;
    const { qbo_invoice_id: invoice } = (await admin.get(`/proposals/${id}`)).body;
    await unheard(() =>
      books.control.receivePayment(realmId, invoice as string, { unapplied: true, amount: 700 }),
    );
    const whole = holdBefore(app.get(FullReconciliationService), 'compare');
    await admin.post('/qbo/sync/invoice/poll_all');
    await whole.made;
    await app.get(ChangeFeedPollService).poll(orgId);
    whole.letGo();
    await compared(books, contractor);
    expect(await codes()).toEqual(['payment_on_account']);
  });

  it('is known where it is that another company was connected for days, and its own again after that', async () => {
    const { realmId, orgId, admin } = contractor;
    const { qbo_invoice_id: invoice } = (await admin.get(`/proposals/${id}`)).body;
    const { realm_id: other } = await books.control.createCompany({ name: 'Another' });
    await connect(books.app, admin, { realmId: other, replaceCompany: true });
    await books.database.query(
      `update invoice_compares set changes_known_until = changes_known_until - interval '10 days' where org_id = $1`,
      [orgId],
    );
    await books.control.setClock(new Date(Date.now() - 3 * HOUR_MS));
    await books.control.receivePayment(realmId, invoice as string, { unapplied: true, amount: 700 });
    await books.control.resetClock();
    await connect(books.app, admin, { realmId, replaceCompany: true });
    await pollCompany(books, contractor);
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
