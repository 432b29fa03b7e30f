import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { QboRecord } from '../../../sandbox/control-client.ts';
import {
  aContractorWith,
  anApprovedProposal,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { monthNow } from '../../support/clock.js';
import { moneyText } from '../../../src/messages/format.js';
import { PaymentApplicationService } from '../../../src/qbo-sync/push/payments/payment-application.service.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

const VALUE = 1_000_000;
const DEPOSIT = 300_000;

describe('A refund of a payment that is in no books', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let id: number;
  let pi: string;
  let companies = 0;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  beforeEach(() => books.control.clearFaults());

  const aCompany = async (settings: object): Promise<void> => {
    companies += 1;
    const chosen = { revenue_policy: 'invoice', ...settings };
    contractor = await aContractorWith(books, `Roofer ${companies}`, chosen);
  };
  /** How often it was logged: by a statement, for it is what most waits here ask again and again. */
  const count = async (event: string): Promise<number> => {
    const logged = 'select from portal_activity where org_id = $1 and proposal_id = $2 and event = $3';
    return (await books.database.query(logged, [contractor.orgId, id, event])).length;
  };
  const records = (entity: 'Payment' | 'RefundReceipt'): Promise<QboRecord[]> =>
    books.control.records(contractor.realmId, entity);
  const paidByCard = async (): Promise<void> => {
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    ({ paymentIntentId: pi } = await payDeposit(books, contractor.admin, id));
  };
  const recorded = () => eventually(async () => expect(await count('payment_recorded')).toBe(1));
  const receipted = (times: number) =>
    eventually(async () => expect(await count('refund_recorded')).toBe(times));
  const removed = async (how: 'deletePayment' | 'voidPayment'): Promise<void> => {
    const [payment] = await records('Payment');
    await books.control[how](contractor.realmId, payment!.Id);
    await pollCompany(books, contractor);
  };
  /** Begins at Stripe; answers it once the product has heard of it. */
  const refund = async (amount: number, status = 'succeeded'): Promise<string> => {
    const before = await count('payment_refunded');
    const made = await books.stripe.act('refund', { payment_intent: pi, amount, status });
    await eventually(async () => expect(await count('payment_refunded')).toBe(before + 1));
    return made.id as string;
  };
  const settled = () => idle(books, contractor);
  const items = () => openItems(contractor.admin);
  const codes = async (): Promise<unknown[]> => (await items()).map(({ code }) => code);
  const item = (code: string): Promise<Json> =>
    eventually(async () => {
      const found = (await items()).find((one) => one.code === code);
      expect(found).toBeDefined();
      return found!;
    });
  const sumOf = async (path: string): Promise<number> => {
    const { rows } = (await contractor.admin.get(path)).body;
    return (rows as Json[]).reduce((sum, { earned_cents: cents }) => sum + cents, 0);
  };
  /** Revenue on accrual and on cash basis, what of the deposit is held, and deferred revenue. */
  const figures = async (): Promise<number[]> => {
    const month = monthNow();
    const { rows } = (await contractor.admin.get(`/reports/deferred-revenue?month=${month}`)).body;
    const row = (rows as Json[]).find((one) => one.proposal_id === id);
    return [
      await sumOf('/reports/revenue?from=2020-01-01&to=2099-12-31'),
      await sumOf('/reports/revenue?from=2020-01-01&to=2099-12-31&basis=cash'),
      (await contractor.admin.get(`/proposals/${id}/contract`)).body.deposit_held_cents as number,
      (row?.closing_cents ?? 0) as number,
    ];
  };
  const differences = async (basis: 'accrual' | 'cash'): Promise<unknown[]> => {
    const { items: compared } = (await contractor.admin.post('/reports/revenue/compare', { basis })).body;
    return (compared[0].reasons as Json[]).map(({ reason, cents }) => [reason, cents]);
  };
  /** With the deposit billed and nothing paid but what is with us. */
  const unlowered = (mode: string, withUs: number): number[] =>
    mode === 'income' ? [DEPOSIT, withUs, 0, 0] : [0, withUs, DEPOSIT, DEPOSIT];

  it.each([
    { how: 'deletePayment', mode: 'income' },
    { how: 'voidPayment', mode: 'liability' },
  ] as const)(
    'takes nothing off before it is decided that it stays out of them ($how, $mode)',
    async ({ how, mode }) => {
      await aCompany({ deposit_mode: mode });
      await paidByCard();
      await recorded();
      await removed(how);
      expect(await figures()).toEqual(unlowered(mode, DEPOSIT));
      const { realmId } = contractor;
      await books.control.planFault({
        operation: 'payment.read',
        realm_id: realmId,
        kind: '503_html',
        times: 20,
      });
      const pending = await refund(100_000, 'pending');
      await settled();
      expect(await figures()).toEqual(unlowered(mode, DEPOSIT - 100_000));
      await refund(DEPOSIT - 100_000);
      await settled();
      expect(await figures()).toEqual(unlowered(mode, 0));
      await books.stripe.act('update-refund', { refund: pending, status: 'succeeded' });
      await settled();
      expect(await figures()).toEqual(unlowered(mode, 0));
    },
  );

  it('takes nothing off while it is on its way, where the invoice was paid by cheque before', async () => {
    await aCompany({ deposit_mode: 'income' });
    const { admin, realmId } = contractor;
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await admin.post(`/qbo/invoice/${id}`);
    const [deposit] = await books.control.records(realmId, 'Invoice');
    await books.control.receivePayment(realmId, deposit!.Id);
    ({ paymentIntentId: pi } = await payDeposit(books, admin, id));
    await item('invoice_settled_already');
    await refund(DEPOSIT, 'pending');
    await settled();
    await pollCompany(books, contractor);
    expect(await figures()).toEqual([DEPOSIT, DEPOSIT, 0, 0]);
    expect(await differences('accrual')).toEqual([]);
  });

  it.each([
    { mode: 'income', paidBack: 'before' },
    { mode: 'liability', paidBack: 'after' },
  ] as const)(
    'has a person delete the receipt of an earlier one, with the rest paid back $paidBack the payment is gone ($mode)',
    async ({ mode, paidBack }) => {
      await aCompany({ deposit_mode: mode });
      await paidByCard();
      await recorded();
      await refund(100_000);
      await receipted(1);
      if (paidBack === 'before') {
        await refund(DEPOSIT - 100_000);
        await receipted(2);
      }
      await removed('deletePayment');
      if (paidBack === 'after') {
        await item('payment_removed');
        await refund(DEPOSIT - 100_000);
      }
      const found = await item('refund_without_payment');
      await settled();
      expect(await codes()).toEqual(['refund_without_payment']);
      const receipts = await records('RefundReceipt');
      expect(receipts).toHaveLength(paidBack === 'before' ? 2 : 1);
      const amounts = receipts.map(({ TotalAmt }) => moneyText(Number(TotalAmt) * 100, 'USD'));
      expect(found.reason).toContain(` over ${amounts.join(' and ')} for proposal`);
      expect(found.next_step).toContain('Delete the refund receipt in QuickBooks');
      expect(await differences('accrual')).toEqual([]);

      for (const { Id, SyncToken } of receipts)
        await askCompany(books, contractor, 'refundreceipt?operation=delete', { Id, SyncToken });
      await pollCompany(books, contractor);
      expect(await codes()).toEqual([]);
      expect(await figures()).toEqual(unlowered(mode, 0));
      expect(await differences('accrual')).toEqual([]);
    },
  );

  it('has a person name the payment that was entered in place of the one that is gone', async () => {
    await aCompany({ deposit_mode: 'income' });
    const { admin, realmId } = contractor;
    await paidByCard();
    await recorded();
    await refund(100_000);
    await receipted(1);
    await removed('deletePayment');
    await refund(DEPOSIT - 100_000);
    const found = await item('refund_without_payment');
    await settled();
    const [deposit] = await books.control.records(realmId, 'Invoice');
    const { Id: entered } = await books.control.receivePayment(realmId, deposit!.Id);
    const named = await admin.post(`/inbox/${found.id}/resolve`, { qbo_payment_id: entered });
    expect(named).toMatchObject({ status: 200 });
    await receipted(2);
    await pollCompany(books, contractor);
    expect(await codes()).toEqual([]);
    expect(await figures()).toEqual([0, 0, 0, 0]);
    expect([await differences('accrual'), await differences('cash')]).toEqual([[], []]);
  });

  it('or is on account there, is asked about before a receipt is made', async () => {
    await aCompany({ deposit_mode: 'income' });
    const { admin, realmId } = contractor;
    await paidByCard();
    await recorded();
    const [deposit] = await books.control.records(realmId, 'Invoice');
    await books.control.voidInvoice(realmId, deposit!.Id);
    await pollCompany(books, contractor);
    const pending = await refund(100_000, 'pending');
    expect(await figures()).toEqual([0, DEPOSIT - 100_000, 0, 0]);
    await books.stripe.act('update-refund', { refund: pending, status: 'succeeded' });
    const asked = await item('refund_on_account');
    expect(asked.reason).toContain('$1,000.00 of the payment it gives back is on account there');
    expect(asked.next_step).toContain('an expense on Accounts Receivable');
    expect(await figures()).toEqual([0, DEPOSIT - 100_000, 0, 0]);
    expect((await admin.post(`/inbox/${asked.id}/resolve`)).status).toBe(200);
    expect(await records('RefundReceipt')).toEqual([]);

    await refund(50_000);
    const again = await item('refund_on_account');
    expect(await figures()).toEqual([0, DEPOSIT - 150_000, 0, 0]);
    // As while it is looked at once more, since the payment came onto an invoice.
    await books.database.query(
      `update sync_operations set state = 'waiting', next_attempt_at = now() + interval '1 hour'
        where proposal_id = $1 and error_kind = 'refund_on_account' and payload -> 'byPerson' is null`,
      [id],
    );
    expect(await admin.post(`/inbox/${again.id}/retry`)).toMatchObject({ body: { state: 'resolved' } });
    expect(await records('RefundReceipt')).toMatchObject([{ TotalAmt: 500 }]);
    expect(await figures()).toEqual([-50_000, DEPOSIT - 150_000, 0, 0]);
    expect(await differences('accrual')).toEqual([]);
  });

  it('or is on account there in part, is asked about once: what is refunded beside it has a receipt', async () => {
    await aCompany({ deposit_mode: 'income' });
    const { admin, realmId } = contractor;
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await admin.post(`/qbo/invoice/${id}`);
    const [deposit] = await books.control.records(realmId, 'Invoice');
    const { session_id: session } = await openCheckout(admin, id);
    await books.control.receivePayment(realmId, deposit!.Id, { amount: 1_000 });
    ({ payment_intent: pi } = await books.stripe.act('pay', { session }));
    await admin.post(`/inbox/${(await item('invoice_settled_already')).id}/retry`);
    await item('payment_unapplied');
    await refund(100_000);
    await item('refund_on_account');
    expect(await records('RefundReceipt')).toEqual([]);
    await books.control.planFault({
      operation: 'refundreceipt.create',
      realm_id: realmId,
      kind: '403',
      when: 'before',
    });
    await refund(60_000);
    const refused = await item('forbidden');
    // One item stands for both: the answer to what it asks now is none to what it asked before, which is asked still.
    await admin.post(`/inbox/${refused.id}/retry`);
    expect(await records('RefundReceipt')).toMatchObject([{ TotalAmt: 600 }]);
    expect((await item('refund_on_account')).reason).toContain('The refund of $1,000.00');
    const [earned] = await figures();
    expect(earned).toBe(DEPOSIT - 60_000);
    expect(await differences('accrual')).toEqual([]);
    const times = () =>
      books.database.query(
        `select attempts from sync_operations where proposal_id = $1 and error_kind = 'refund_on_account'`,
        [id],
      );
    const asked = await times();
    await admin.post(`/proposals/${id}/contract/entries/2/bill`);
    await settled();
    expect(await times()).toEqual(asked);
  });

  it('or is on account there, follows once the payment is on the invoice made in place of its own', async () => {
    await aCompany({ deposit_mode: 'liability' });
    const { admin, realmId } = contractor;
    await paidByCard();
    await recorded();
    const [deposit] = await books.control.records(realmId, 'Invoice');
    await books.control.voidInvoice(realmId, deposit!.Id);
    await pollCompany(books, contractor);
    await refund(100_000);
    await item('refund_on_account');
    expect(await figures()).toEqual([0, DEPOSIT - 100_000, 0, 0]);
    expect((await admin.post(`/qbo/invoice/${id}`, { again: true })).status).toBe(200);
    await receipted(1);
    await settled();
    expect(await codes()).toEqual([]);
    expect(await figures()).toEqual([0, DEPOSIT - 100_000, DEPOSIT - 100_000, DEPOSIT - 100_000]);
    expect(await differences('accrual')).toEqual([]);
  });

  it('or is on account there, follows also where whoever put the payment on its invoice dies just then', async () => {
    await aCompany({ deposit_mode: 'liability' });
    const { admin, realmId } = contractor;
    await paidByCard();
    await recorded();
    const [deposit] = await books.control.records(realmId, 'Invoice');
    await books.control.voidInvoice(realmId, deposit!.Id);
    await pollCompany(books, contractor);
    await refund(100_000);
    await item('refund_on_account');
    const application = books.app.app.get(PaymentApplicationService);
    const dying = holdBefore(application, 'onDone' as never, { failure: new Error('killed') });
    dying.letGo();
    expect((await admin.post(`/qbo/invoice/${id}`, { again: true })).status).toBe(200);
    await receipted(1);
    await pollCompany(books, contractor);
    expect(await codes()).toEqual([]);
    expect(await figures()).toEqual([0, DEPOSIT - 100_000, DEPOSIT - 100_000, DEPOSIT - 100_000]);
  });

  it.each([
    { word: 'dismiss', earned: DEPOSIT, reasons: [] },
    { word: 'resolve', earned: 0, reasons: [['not_in_books', DEPOSIT]] },
  ] as const)(
    'comes into them where a person has entered it by hand, not where they dismiss the question ($word)',
    async ({ word, earned, reasons }) => {
      await aCompany({ deposit_mode: 'income' });
      const { admin, realmId } = contractor;
      id = await anApprovedProposal(contractor, { amountCents: VALUE });
      await admin.post(`/qbo/invoice/${id}`);
      const [deposit] = await books.control.records(realmId, 'Invoice');
      await books.control.receivePayment(realmId, deposit!.Id);
      ({ paymentIntentId: pi } = await payDeposit(books, admin, id));
      const asked = await item('invoice_settled_already');
      expect((await admin.post(`/inbox/${asked.id}/resolve`)).status).toBe(200);
      await refund(DEPOSIT);
      const missing = await item('payment_missing');
      expect((await admin.post(`/inbox/${missing.id}/${word}`)).status).toBe(200);
      expect((await figures())[0]).toBe(earned);
      expect(await differences('accrual')).toEqual(reasons);
    },
  );
});
