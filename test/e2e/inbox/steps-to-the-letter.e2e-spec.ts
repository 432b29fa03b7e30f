import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { QboError } from '../../../src/qbo-sync/api/errors/qbo-error.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  beginsWith,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItem, openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { connect } from '../../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

const lineItem = (line: Json): Json => line.SalesItemLineDetail.ItemRef;

/** Money that went back, or was to: a bookkeeper does what the inbox says and nothing else. */
describe('What the inbox says about money that goes back, done to the letter,', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let proposalId: number;
  let paymentId: number;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    proposalId = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, proposalId);
    await idle(books, contractor);
    const { items } = (await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body;
    paymentId = items[0].id as number;
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const items = () => openItems(contractor.admin);
  const codes = async () => (await items()).map(({ code }) => code).toSorted();
  const itemOf = (code: string) => openItem(contractor.admin, code);
  const receipts = async () =>
    ((await books.control.records(contractor.realmId, 'RefundReceipt')) as Json[]).filter(
      ({ PrivateNote, status }) => beginsWith(PrivateNote, 'crm:') && status !== 'Deleted',
    );
  const differences = async (): Promise<unknown[]> => {
    await pollCompany(books, contractor);
    const { body } = await contractor.admin.post('/reports/revenue/compare', { basis: 'accrual' });
    return (body.items[0].reasons as Json[]).map(({ reason, cents }) => [reason, cents]);
  };
  const refund = async (amountCents: number) => {
    const body = { amount_cents: amountCents, reason: 'A part was left out' };
    expect((await contractor.admin.post(`/payments/${paymentId}/refund`, body)).status).toBe(200);
    await idle(books, contractor);
  };
  /** The newest refund fails at Stripe after its receipt is in the books. */
  const fails = async () => {
    const [made] = await books.database.query<{ refund: string }>(
      'select stripe_refund_id as refund from refunds where org_id = $1 order by id desc limit 1',
      [contractor.orgId],
    );
    await books.stripe.act('update-refund', { refund: made!.refund, status: 'failed' });
    await itemOf('refund_reversed');
  };

  it('refunds again what failed, not all that was paid, with no second receipt while the first stands', async () => {
    await refund(100_000);
    await fails();
    const { next_step: step } = await itemOf('refund_failed');
    const [, path, body] = /POST (\S+) (\{[^}]+\})/.exec(step)!;
    expect((await contractor.admin.post(path!, JSON.parse(body!))).body).toMatchObject({
      net_cents: 275_000,
      refunded_cents: 100_000,
    });
    await idle(books, contractor);
    expect(await codes()).toEqual([]);
    expect(await receipts()).toHaveLength(1);
  });

  it.each(['connected', 'disconnected', 'elsewhere'] as const)(
    'has a receipt for a refund that is made again once the one of what failed is deleted, while %s',
    async (state) => {
      const { admin, orgId, realmId } = contractor;
      const { app, control, database } = books;
      const before = await differences();
      await refund(100_000);
      await fails();
      const [{ Id, SyncToken }] = await receipts();
      await askCompany(books, contractor, 'refundreceipt?operation=delete', { Id, SyncToken });
      if (state === 'disconnected') await admin.post('/qbo/disconnect');
      if (state === 'elsewhere') {
        const { realm_id: other } = await control.createCompany({ name: 'Another' });
        await connect(app, admin, { realmId: other, replaceCompany: true });
      }
      await refund(state === 'elsewhere' ? 150_000 : 100_000);
      // What goes beyond the receipt in the other company is asked about, as that one may be left for good.
      if (state === 'elsewhere') await itemOf('payment_elsewhere');
      const soon = `select from payments where org_id = $1 and invoice_check_at < now() + interval '1 day'`;
      expect(await database.query(soon, [orgId])).toEqual([]);
      if (state !== 'connected') await connect(app, admin, { realmId, replaceCompany: true });
      const isAsked = state === 'elsewhere'; // another sum than the one that failed
      await eventually(async () => expect(await codes()).toEqual(isAsked ? ['refund_failed'] : []));
      const sums = async () =>
        (await receipts()).map(({ TotalAmt }) => Number(TotalAmt)).toSorted((a, b) => b - a);
      await eventually(async () =>
        expect(await sums()).toEqual(state === 'elsewhere' ? [1000, 500] : [1000]),
      );
      expect(await differences()).toEqual(before);
    },
  );

  it.each(['connected', 'elsewhere'] as const)(
    'has a receipt for what is refunded once more after one was lowered by what is too much, while %s',
    async (state) => {
      const { admin, realmId } = contractor;
      const { app, control } = books;
      const before = await differences();
      await refund(100_000);
      await fails();
      await refund(60_000);
      await eventually(async () => expect((await itemOf('refund_reversed')).reason).toContain('$400.00'));
      const [receipt] = await receipts();
      const { Id, SyncToken, Line } = receipt!;
      const lowered = [{ ...Line[0], Amount: 600, SalesItemLineDetail: { ItemRef: lineItem(Line[0]) } }];
      await askCompany(books, contractor, 'refundreceipt', { Id, SyncToken, sparse: true, Line: lowered });
      if (state === 'elsewhere') {
        const { realm_id: other } = await control.createCompany({ name: 'Another' });
        await connect(app, admin, { realmId: other, replaceCompany: true });
      }
      await refund(40_000);
      if (state === 'elsewhere') await connect(app, admin, { realmId, replaceCompany: true });
      const sums = async () => (await receipts()).map(({ TotalAmt }) => Number(TotalAmt));
      await eventually(async () => expect(await sums()).toEqual([600, 400]));
      // As much went back in parts by now: nothing is to be refunded again.
      await eventually(async () => expect(await codes()).toEqual([]));
      expect(await differences()).toEqual(before);
    },
  );

  it.each([1_080, 920])(
    'has a receipt for what is refunded once more after one that was made over %d was put right and lowered',
    async (made) => {
      const { refunds } = books.app.app.get(QboClient);
      const create = refunds.create.bind(refunds);
      const before = await differences();
      const setTo = async (Amount: number) => {
        const { Id, SyncToken, Line } = (await receipts())[0]!;
        const lines = [{ ...Line[0], Amount, SalesItemLineDetail: { ItemRef: lineItem(Line[0]) } }];
        await askCompany(books, contractor, 'refundreceipt', { Id, SyncToken, sparse: true, Line: lines });
      };
      vi.spyOn(refunds, 'create').mockImplementationOnce(async (...args) => {
        const answer = await create(...args);
        await setTo(made);
        return { ...answer, value: { ...answer.value, totalCents: made * 100 } };
      });
      onTestFinished(() => void vi.restoreAllMocks());
      await refund(100_000);
      await itemOf('total_differs');
      await setTo(1_000);
      await pollCompany(books, contractor);
      expect(await codes()).toEqual([]);
      await fails();
      await refund(60_000);
      await eventually(async () => expect((await itemOf('refund_reversed')).reason).toContain('$400.00'));
      await setTo(600);
      await refund(40_000);
      const sums = async () => (await receipts()).map(({ TotalAmt }) => Number(TotalAmt));
      await eventually(async () => expect(await sums()).toEqual([600, 400]));
      expect(await codes()).toEqual([]);
      expect(await differences()).toEqual(before);
    },
  );

  it('has no receipt for one that failed while nobody could say which receipts stand', async () => {
    const { admin, orgId, realmId } = contractor;
    const { app, control, database, stripe } = books;
    await refund(100_000);
    await fails();
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    await refund(150_000);
    await itemOf('payment_elsewhere');
    const { payments, refunds } = app.app.get(QboClient);
    const away = new QboError('transient', 'QuickBooks is away.', { operation: 'payment.read' });
    const receiptRead = vi.spyOn(refunds, 'get').mockRejectedValue(away);
    const paymentRead = vi.spyOn(payments, 'get').mockRejectedValue(away);
    onTestFinished(() => void vi.restoreAllMocks());
    await connect(app, admin, { realmId, replaceCompany: true });
    await eventually(async () => expect(receiptRead).toHaveBeenCalled());
    await idle(books, contractor);
    const steps = () =>
      database.query(
        `select state, (payload ->> 'amountCents')::int as cents from sync_operations
          where org_id = $1 and kind = 'refund.create' order by id`,
        [orgId],
      );
    const waiting = [{ state: 'done' }, { state: 'waiting', cents: 50_000 }];
    expect(await steps()).toMatchObject(waiting);
    const next = (when: string) =>
      database.query(
        `update sync_operations set next_attempt_at = ${when} where org_id = $1 and state = 'waiting'`,
        [orgId],
      );
    const push = async () => {
      await next('now()');
      await app.app.get(DueJobsService).enqueueDue('sync_operations');
      await idle(books, contractor);
    };
    await next(`now() + interval '1 hour'`);
    const newest =
      'select stripe_refund_id as made, state from refunds where org_id = $1 order by id desc limit 1';
    const [{ made }] = (await database.query(newest, [orgId])) as [Json];
    await stripe.act('update-refund', { refund: made as string, status: 'failed' });
    await eventually(async () =>
      expect(await database.query(newest, [orgId])).toMatchObject([{ state: 'failed' }]),
    );
    await idle(books, contractor);
    expect(await steps()).toMatchObject(waiting);
    paymentRead.mockRestore();
    // Nor by a person, who hears what it waits for.
    const { body } = await admin.post(`/inbox/${(await itemOf('payment_elsewhere')).id}/retry`);
    expect(body).toMatchObject({ state: 'open', error: expect.stringContaining('which receipts') });
    expect(await receipts()).toHaveLength(1);
    await push();
    expect(await receipts()).toHaveLength(1);
    receiptRead.mockRestore();
    await eventually(async () => {
      await push();
      expect(await steps()).toMatchObject([{ state: 'done' }, { state: 'refused', cents: 0 }]);
    });
    expect(await receipts()).toHaveLength(1);
  });

  it('is not to be given back twice: what QuickBooks did not apply of a payment, once it is refunded', async () => {
    const { admin, realmId } = contractor;
    const invoiced = await anInvoicedProposal(contractor);
    const { session_id } = await openCheckout(admin, invoiced.proposalId);
    await books.control.receivePayment(realmId, invoiced.invoiceId, { amount: 1000 });
    await books.stripe.act('pay', { session: session_id });
    const settled = await itemOf('invoice_settled_already');
    await admin.post(`/inbox/${settled.id}/retry`);
    expect((await itemOf('payment_unapplied')).next_step).toContain('or refund it');
    const { items: paid } = (await admin.get(`/payments?proposal_id=${invoiced.proposalId}`)).body;
    paymentId = paid[0].id as number;
    await refund(99_999);
    expect(await codes()).toEqual(['payment_unapplied', 'refund_on_account']);

    await refund(1);
    await eventually(async () => expect(await codes()).toEqual(['payment_on_account', 'refund_on_account']));
    const { reason, next_step: step } = await itemOf('payment_on_account');
    expect(reason).toMatch(
      /^\$1,000\.00 of payment \d+ over \$3,750\.00 .*, while as much of the payment went back/,
    );
    expect(step).toContain('do not give it back again: in QuickBooks settle the credit with an expense');
  });

  it('is not to be given back: what the bank took of a payment, once it is taken off the invoice', async () => {
    const [{ intent }] = (await books.database.query<{ intent: string }>(
      'select stripe_payment_intent_id as intent from payments where org_id = $1',
      [contractor.orgId],
    )) as [{ intent: string }];
    const { id } = await books.stripe.act('dispute', { payment_intent: intent, amount: 100_000 });
    await books.stripe.act('close-dispute', { dispute: id, status: 'lost' });
    expect((await itemOf('dispute_lost')).next_step).toContain('take it off');
    const payments = (await books.control.records(contractor.realmId, 'Payment')) as Json[];
    const own = payments.find(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:'))!;
    const { LinkedTxn } = own.Line[0];
    await books.control.editPayment(contractor.realmId, own.Id, { Line: [{ Amount: 2750, LinkedTxn }] });
    await pollCompany(books, contractor);
    expect((await itemOf('payment_on_account')).next_step).toContain('do not give it back again');
  });

  it('is as much of a credit memo as is left of it, after a part was used on another invoice', async () => {
    const { admin, realmId } = contractor;
    const { body: final } = await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    await books.control.receivePayment(realmId, final.invoice.qbo_invoice_id as string);
    await pollCompany(books, contractor);
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -60_000 }];
    await admin.post(`/proposals/${proposalId}/change-orders`, { description: 'No gutter', lines });
    await admin.post(`/proposals/${proposalId}/change-orders/1/approve`, { reason: 'Agreed on site' });
    expect((await itemOf('credit_left')).reason).toMatch(/^\$600\.00 of credit memo/);
    const { customer_id: customerId } = (await admin.get(`/proposals/${proposalId}`)).body;
    const other = await anInvoicedProposal(contractor, { customerId });
    const memo = ((await books.control.records(realmId, 'CreditMemo')) as Json[]).at(-1)!;
    const used = (TxnType: string, TxnId: string) => ({ Amount: 200, LinkedTxn: [{ TxnId, TxnType }] });
    await askCompany(books, contractor, 'payment', {
      CustomerRef: memo.CustomerRef,
      TotalAmt: 0,
      Line: [used('Invoice', other.invoiceId), used('CreditMemo', memo.Id as string)],
    });
    await pollCompany(books, contractor);
    expect((await itemOf('credit_left')).reason).toMatch(/^\$400\.00 of credit memo/);
  });

  it('is nothing to look at any more once the customer has paid anew what the bank took', async () => {
    const { admin, realmId, orgId } = contractor;
    const [{ intent }] = (await books.database.query<{ intent: string }>(
      'select stripe_payment_intent_id as intent from payments where org_id = $1',
      [orgId],
    )) as [{ intent: string }];
    const { id } = await books.stripe.act('dispute', { payment_intent: intent });
    await books.stripe.act('close-dispute', { dispute: id, status: 'lost' });
    const lost = await itemOf('dispute_lost');
    const why = async () => (await admin.get(`/proposals/${proposalId}/why`)).body;
    expect((await why()).answer).toContain('took back $3,750.00 of the deposit');
    const payments = (await books.control.records(realmId, 'Payment')) as Json[];
    const own = payments.find(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:'))!;
    await books.control.deletePayment(realmId, own.Id as string);
    await pollCompany(books, contractor);
    await admin.post(`/inbox/${lost.id}/resolve`);
    await payDeposit(books, admin, proposalId);
    await idle(books, contractor);
    const { answer, next_step: step } = await why();
    expect(answer).toMatch(
      /^Invoice CRM-\d+ over \$3,750\.00 was paid in full on [^;,]+, \d{4}; \$8,750\.00 of the/,
    );
    expect(step).toMatch(/^When the work is due, bill it by/);
  });
});
