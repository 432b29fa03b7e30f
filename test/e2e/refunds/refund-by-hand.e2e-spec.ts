import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import type { QboRecord } from '../../../sandbox/control-client.ts';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { OperationTriesRepository } from '../../../src/qbo-sync/operations/rows/operation-tries.repository.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { IncompletePaymentsRepository } from '../../../src/qbo-sync/push/payments/incomplete-payments.repository.js';
import { IncompletePaymentsService } from '../../../src/qbo-sync/push/payments/incomplete-payments.service.js';
import { PaymentOperationsService } from '../../../src/qbo-sync/push/payments/payment-operations.service.js';
import { RefundLeavingService } from '../../../src/qbo-sync/push/payments/refunds/refund-leaving.service.js';
import { RefundStepsRepository } from '../../../src/qbo-sync/push/payments/refunds/refund-steps.repository.js';
import { RefundResolutionService } from '../../../src/qbo-sync/resolution/refund-resolution.service.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import { type InboxItem, openItem, openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { endPauses } from '../../support/qbo.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

describe('What the bookkeeper sees to:', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  describe('A refund', () => {
    let proposalId: number;
    let pi: string;
    let paymentId: number;

    beforeEach(async () => {
      await closeBooks(null);
      for (const { id } of await inbox()) await act(id, 'dismiss');
      proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
      ({ paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId));
      const { body } = await contractor.admin.get(`/payments?proposal_id=${proposalId}`);
      paymentId = body.items[0].id as number;
      await eventually(async () => {
        if (!(await ownPayment())) throw new Error('the payment is not in the books');
      });
      await idle(books, contractor);
    });

    const closeBooks = (day: string | null) =>
      books.control.setPreferences(contractor.realmId, { BookCloseDate: day });
    const inbox = () => openItems(contractor.admin);
    const act = (id: number, what: 'retry' | 'resolve' | 'dismiss', body: object = {}) =>
      contractor.admin.post(`/inbox/${id}/${what}`, body);
    const itemOf = (code: string) => openItem(contractor.admin, code);
    const ownPayment = async (): Promise<QboRecord> =>
      (await books.control.records(contractor.realmId, 'Payment')).find(
        ({ PrivateNote }) => typeof PrivateNote === 'string' && PrivateNote.endsWith(`Stripe ${pi}`),
      )!;
    const receipts = async (): Promise<QboRecord[]> => {
      const { value } = (await ownPayment()).CustomerRef as { value: string };
      const all = await books.control.records(contractor.realmId, 'RefundReceipt');
      return all.filter((one) => (one.CustomerRef as { value: string } | undefined)?.value === value);
    };
    /** How many transactions wait until another one is over that has what they want. */
    const waitingForTurn = async (): Promise<number> =>
      (await books.database.query(`select from pg_locks where locktype = 'advisory' and not granted`)).length;
    const totals = async () => (await receipts()).map(({ TotalAmt }) => TotalAmt);
    const refund = (amount: number): Promise<Json> =>
      books.stripe.act('refund', { payment_intent: pi, amount });
    /** A refund while the books are closed, and its item. */
    const aRefusedRefund = async (amount: number): Promise<InboxItem> => {
      await closeBooks('2099-12-31');
      await refund(amount);
      const item = await itemOf('books_closed');
      await idle(books, contractor);
      await closeBooks(null);
      return item;
    };
    const enterReceipt = async (amount: number, customer?: string): Promise<string> => {
      const paid = await ownPayment();
      const item = (await books.control.records(contractor.realmId, 'Item')).find(
        ({ Type }) => Type === 'Service',
      )!;
      const made = await askCompany(books, contractor, 'refundreceipt', {
        CustomerRef: customer === undefined ? paid.CustomerRef : { value: customer },
        DepositToAccountRef: paid.DepositToAccountRef,
        Line: [
          {
            Amount: amount,
            DetailType: 'SalesItemLineDetail',
            SalesItemLineDetail: { ItemRef: { value: item.Id } },
          },
        ],
      });
      return made.RefundReceipt.Id as string;
    };
    const differences = async (): Promise<[string, number][]> => {
      const { items } = (await contractor.admin.post('/reports/revenue/compare', {})).body;
      const reasons = items[0].reasons as { reason: string; documents: Json[] }[];
      return reasons.flatMap(({ reason, documents }) =>
        documents
          .filter((one) => one.proposal_id === proposalId)
          .map((one): [string, number] => [reason, one.quickbooks_cents - one.ours_cents]),
      );
    };

    it('is tied to the receipt that was entered by hand, as the next step says, also several to one', async () => {
      await aRefusedRefund(100_000);
      await closeBooks('2099-12-31');
      await refund(20_000);
      const item = await eventually(async () => {
        const found = await itemOf('books_closed');
        expect(found.reason).toContain('$1,200.00');
        return found;
      });
      await closeBooks(null);
      expect(item.next_step).toContain('resolve this with its id');
      const receipt = await enterReceipt(1200);
      const refused = { status: 409, body: { code: 'document_differs' } };
      expect(await act(item.id, 'resolve', { qbo_refund_id: await enterReceipt(1199) })).toMatchObject(
        refused,
      );
      expect(await act(item.id, 'resolve', { qbo_refund_id: await enterReceipt(1200, '1') })).toMatchObject(
        refused,
      );
      expect(await act(item.id, 'resolve', { qbo_refund_id: '999999' })).toMatchObject({
        status: 409,
        body: { code: 'document_not_found' },
      });
      expect(await act(item.id, 'resolve', { qbo_payment_id: receipt })).toMatchObject({
        status: 409,
        body: { code: 'document_of_no_use' },
      });
      expect(await act(item.id, 'resolve', { qbo_refund_id: receipt })).toMatchObject({ status: 200 });
      expect(await differences()).toEqual([]);
      await refund(5_000);
      await eventually(async () => expect(await totals()).toEqual([1200, 1199, 50]));
      expect(await differences()).toEqual([]);
      const next = await aRefusedRefund(20_000);
      expect(next.reason).toContain('The refund of $200.00 for');
      const taken = await act(next.id, 'resolve', { qbo_refund_id: receipt });
      expect(taken).toMatchObject({ status: 409, body: { code: 'document_differs' } });
    });

    it('is written down where it failed at Stripe and was paid by cheque, and its receipt stays', async () => {
      const { admin } = contractor;
      const made = await refund(100_000);
      await eventually(async () => expect(await totals()).toEqual([1000]));
      await books.stripe.act('update-refund', { refund: made.id, status: 'failed' });
      await itemOf('refund_reversed');
      const failed = await itemOf('refund_failed');
      expect(failed.next_step).toContain(
        `POST /payments/${paymentId}/refund {"amount_cents": 100000, "reason": "…", "outside_stripe": true}`,
      );
      const byCheque = (amount_cents: number, key: string) =>
        admin.post(
          `/payments/${paymentId}/refund`,
          { amount_cents, reason: 'By cheque', outside_stripe: true },
          { 'idempotency-key': key },
        );
      const payment = { net_cents: 200_000, refunded_cents: 100_000, state: 'partially_refunded' };
      for (const key of ['cheque-1', 'cheque-1'])
        expect(await byCheque(100_000, key)).toMatchObject({ status: 200, body: payment });
      await idle(books, contractor);
      expect(await inbox()).toEqual([]);
      expect(await totals()).toEqual([1000]);
      expect(await differences()).toEqual([]);

      expect(await byCheque(200_000, 'cheque-2')).toMatchObject({
        body: { net_cents: 0, state: 'refunded' },
      });
      await eventually(async () => expect(await totals()).toEqual([1000, 2000]));
      expect([await inbox(), await differences()]).toEqual([[], []]);
      expect(await byCheque(1, 'cheque-3')).toMatchObject({ body: { code: 'refund_exceeds_payment' } });
      const byStripe = { amount_cents: 200_000, reason: 'By card' };
      expect(
        await admin.post(`/payments/${paymentId}/refund`, byStripe, { 'idempotency-key': 'cheque-2' }),
      ).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
      const { data } = await books.stripe.show(`refunds?payment_intent=${pi}`);
      expect(data).toHaveLength(1);
    });

    it('is tied to a receipt, or another refund of the customer is, never both at once', async () => {
      const { customer_id: customerId } = (await contractor.admin.get(`/proposals/${proposalId}`)).body;
      const first = await aRefusedRefund(50_000);
      const other = await anApprovedProposal(contractor, { amountCents: 1_000_000, customerId });
      ({ paymentIntentId: pi } = await payDeposit(books, contractor.admin, other));
      await eventually(async () => expect(await ownPayment()).toBeDefined());
      await closeBooks('2099-12-31');
      await refund(50_000);
      const second = await eventually(async () => {
        const found = (await inbox()).find(({ id, code }) => code === 'books_closed' && id !== first.id);
        return found ?? Promise.reject(new Error('no second item'));
      });
      await idle(books, contractor);
      await closeBooks(null);
      const qbo_refund_id = await enterReceipt(500);
      const tied = holdNext(books.app.app.get(RefundStepsRepository), 'adopt');
      const one = act(first.id, 'resolve', { qbo_refund_id });
      await tied.done;
      const another = act(second.id, 'resolve', { qbo_refund_id });
      await Promise.race([another, eventually(async () => expect(await waitingForTurn()).toBe(1))]);
      tied.letGo();
      expect(await one).toMatchObject({ status: 200 });
      expect(await another).toMatchObject({ status: 409, body: { code: 'document_taken' } });
      expect((await inbox()).map(({ id }) => id)).toEqual([second.id]);
    });

    it.each([
      { how: 'resolve', was: 'resolved' },
      { how: 'dismiss', was: 'dismissed' },
    ] as const)(
      'is not brought in as well by its own retry or that of the next one, after its item was $was',
      async ({ how }) => {
        const item = await aRefusedRefund(100_000);
        const ensured = holdNext(books.app.app.get(PaymentOperationsService), 'ensure');
        const retrying = act(item.id, 'retry');
        await ensured.done;
        const looked = holdNext(books.app.app.get(OperationTriesRepository), 'listOf');
        ensured.letGo();
        await looked.done;
        const closed = await act(item.id, how);
        looked.letGo();
        await retrying;
        expect(closed.status).toBe(200);
        expect(await totals()).toEqual([]);
        if (how === 'resolve') await enterReceipt(1000);
        const next = await aRefusedRefund(20_000);
        expect(next.reason).toContain('The refund of $200.00 for');
        expect((await act(next.id, 'retry')).body).toMatchObject({ state: 'resolved' });
        expect(await totals()).toEqual(how === 'resolve' ? [1000, 200] : [200]);
      },
    );

    it('is a question still where it was refused just as the retry of the one before it ended', async () => {
      const first = await aRefusedRefund(100_000);
      const retried = holdNext(books.app.app.get(RefundResolutionService), 'retry');
      const retrying = act(first.id, 'retry');
      await retried.done;
      const next = await aRefusedRefund(20_000);
      retried.letGo();
      expect((await retrying).body).toMatchObject({ state: 'resolved' });
      expect((await inbox()).map(({ id }) => id)).toEqual([next.id]);
    });

    it('is not asked about again once it was entered by hand, but where it fails at Stripe afterwards', async () => {
      const { admin } = contractor;
      const other = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
      await admin.post(`/qbo/invoice/${other}`);
      await closeBooks('2099-12-31');
      ({ paymentIntentId: pi } = await payDeposit(books, admin, other));
      await act((await itemOf('books_closed')).id, 'resolve');
      const { id } = await refund(100_000);
      await act((await itemOf('payment_missing')).id, 'resolve');
      await closeBooks(null);
      await admin.post(`/proposals/${other}/contract/entries/2/bill`);
      await idle(books, contractor);
      expect((await inbox()).map(({ code }) => code)).toEqual([]);
      const steps = `select state from sync_operations
        where org_id = $1 and proposal_id = $2 and kind = 'refund.create'`;
      expect(await books.database.query(steps, [contractor.orgId, other])).toEqual([{ state: 'refused' }]);
      await books.stripe.act('update-refund', { refund: id, status: 'failed' });
      expect((await itemOf('refund_reversed')).reason).toContain('$1,000.00');
    });

    it('is nothing to retry where it failed at Stripe, once QuickBooks refused it, nor at the next start', async () => {
      await closeBooks('2099-12-31');
      const { id: first } = await refund(100_000);
      expect((await itemOf('books_closed')).reason).toContain('$1,000.00');
      const { id: second } = await refund(40_000);
      await eventually(async () => expect((await itemOf('books_closed')).reason).toContain('$1,400.00'));
      await idle(books, contractor);
      await books.stripe.act('update-refund', { refund: first, status: 'failed' });
      await eventually(async () => expect((await itemOf('books_closed')).reason).toContain('$400.00'));
      await books.stripe.act('update-refund', { refund: second, status: 'failed' });
      await eventually(async () =>
        expect((await inbox()).map(({ code }) => code)).not.toContain('books_closed'),
      );
      await closeBooks(null);
      await books.app.app.get(IncompletePaymentsService).onApplicationBootstrap();
      await idle(books, contractor);
      expect((await inbox()).map(({ code }) => code)).not.toContain('refund_reversed');
      expect(await totals()).toEqual([]);
      await refund(30_000);
      await eventually(async () => expect(await totals()).toEqual([300]));

      await aRefusedRefund(50_000);
      await books.database.query(
        `update refunds set state = 'failed', failed_at = now()
        where org_id = $1 and payment_id = $2 and amount_cents = 50000`,
        [contractor.orgId, paymentId],
      );
      await books.app.app.get(IncompletePaymentsService).onApplicationBootstrap();
      await eventually(async () =>
        expect((await inbox()).map(({ code }) => code)).not.toContain('books_closed'),
      );
      expect(await totals()).toEqual([300]);
    });

    it('stays out of the books with its payment, also where it was refused before that was deleted', async () => {
      await aRefusedRefund(100_000);
      const paid = await ownPayment();
      await books.control.deletePayment(contractor.realmId, paid.Id);
      await pollCompany(books, contractor);
      await itemOf('payment_removed');
      const asked = holdNext(books.app.app.get(RefundLeavingService), 'isAllBack');
      await refund(200_000);
      await asked.done;
      const steps = `select id from sync_operations where entity_id = ${paymentId} and kind = 'refund.create'`;
      const { manager } = books.app.app.get(DataSource);
      await inOrganisation(contractor.orgId, () =>
        manager.transaction(async (tx) => {
          await tx.query(`${steps} order by id limit 1 for no key update`);
          asked.letGo();
          const heldUp = `select from pg_stat_activity
                           where datname = current_database() and wait_event_type = 'Lock'`;
          await eventually(async () => expect(await books.database.query(heldUp)).toHaveLength(1));
          // Whoever holds the first step gets the others, so that neither waits for the other one.
          expect(await tx.query(`${steps} order by id for no key update skip locked`)).toHaveLength(2);
        }),
      );
      await eventually(async () => expect(await inbox()).toEqual([]));
      expect(await differences()).toEqual([]);
      // One that was refused after it was sent is sent from the beginning, should the payment come back.
      const begun = `${steps} and (first_sent_at is not null or realm_id is not null)`;
      expect(await books.database.query(begun)).toEqual([]);
    });

    it('is closed by nobody who has entered it by hand, while another person has it tried again', async () => {
      const { id } = await aRefusedRefund(100_000);
      const made = holdNext(books.app.app.get(QboClient).refunds, 'create');
      const retrying = act(id, 'retry');
      await made.done;
      const closing = await act(id, 'resolve');
      made.letGo();
      expect((await retrying).body).toMatchObject({ state: 'resolved' });
      expect(closing).toMatchObject({ status: 409, body: { code: 'being_retried' } });
    });

    it('is not made once it was left to whoever entered it, where QuickBooks had put its retry off', async () => {
      const { id } = await aRefusedRefund(100_000);
      const { realmId, orgId } = contractor;
      await books.control.planFault({ operation: 'refundreceipt.create', realm_id: realmId, kind: '429' });
      expect((await act(id, 'retry')).body).toMatchObject({ state: 'open' });
      expect((await act(id, 'resolve')).status).toBe(200);
      await endPauses(books.database);
      const due = 'update sync_operations set next_attempt_at = now() where org_id = $1';
      await books.database.query(due, [orgId]);
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
      await idle(books, contractor);
      expect(await totals()).toEqual([]);
    });

    it('leaves another one of the payment alone that was put off since, and that nobody was asked about', async () => {
      const { id } = await aRefusedRefund(100_000);
      const { realmId, orgId } = contractor;
      await books.control.planFault({ operation: 'refundreceipt.create', realm_id: realmId, kind: '429' });
      await refund(20_000);
      const putOff = `select from sync_operations
                       where org_id = $1 and kind = 'refund.create' and state = 'ready' and attempts > 0`;
      await eventually(async () => expect(await books.database.query(putOff, [orgId])).toHaveLength(1));
      expect((await act(id, 'resolve')).status).toBe(200);
      await endPauses(books.database);
      const due = 'update sync_operations set next_attempt_at = now() where org_id = $1';
      await books.database.query(due, [orgId]);
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
      await eventually(async () => expect(await totals()).toEqual([200]));
    });

    it('is still asked about where it may be in the books, as another one stays out of them', async () => {
      const { realmId } = contractor;
      const lost = { operation: 'refundreceipt.create', realm_id: realmId, kind: 'reset' } as const;
      await books.control.planFault({ ...lost, when: 'before' });
      await refund(100_000);
      const state = async () =>
        (
          await books.database.query<{ state: string }>(
            `select state from sync_operations where entity_id = $1 and kind = 'refund.create' order by id`,
            [paymentId],
          )
        ).map((one) => one.state);
      await eventually(async () => expect(await state()).toEqual(['uncertain']));
      await closeBooks('2099-12-31');
      await books.database.query(
        `update sync_operations set first_sent_at = first_sent_at - interval '3 minutes', next_attempt_at = now()
          where entity_id = $1 and kind = 'refund.create'`,
        [paymentId],
      );
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
      await itemOf('books_closed');
      expect(await state()).toEqual(['needs_person']);
      await closeBooks(null);
      await books.control.deletePayment(realmId, (await ownPayment()).Id);
      await pollCompany(books, contractor);
      await itemOf('payment_removed');
      await refund(200_000);
      await eventually(async () => expect(await state()).toEqual(['needs_person', 'refused']));
      await idle(books, contractor);
      expect((await inbox()).map(({ code }) => code)).toEqual(['books_closed']);
    });

    it('is nothing for the next start once the books have it, or its failure was dismissed', async () => {
      const lost = async () => {
        const { manager } = books.app.app.get(DataSource);
        const all = await books.app.app.get(IncompletePaymentsRepository).list(manager, contractor.orgId);
        return all.filter((one) => one.paymentId === paymentId);
      };
      expect(await lost()).toEqual([]);
      const { id } = await refund(100_000);
      await eventually(async () => expect(await totals()).toEqual([1000]));
      await idle(books, contractor);
      expect(await lost()).toEqual([]);
      await books.stripe.act('update-refund', { refund: id, status: 'failed' });
      await act((await itemOf('refund_reversed')).id, 'dismiss');
      await books.app.app.get(IncompletePaymentsService).onApplicationBootstrap();
      await books.stripe.act('redeliver', { last: 1 });
      await idle(books, contractor);
      const codes = async () => (await inbox()).map(({ code }) => code);
      expect(await codes()).not.toContain('refund_reversed');
      const { id: second } = await refund(150_000);
      await eventually(async () => expect(await totals()).toEqual([1000, 500]));
      expect(await codes()).not.toContain('refund_reversed');
      await books.stripe.act('update-refund', { refund: second, status: 'failed' });
      expect((await itemOf('refund_reversed')).reason).toContain('$1,500.00');
    });

    it('is in the books again where it is made anew, and asked for where its receipt is deleted', async () => {
      const { id } = await refund(100_000);
      await eventually(async () => expect(await totals()).toEqual([1000]));
      await books.stripe.act('update-refund', { refund: id, status: 'failed' });
      const reversed = await itemOf('refund_reversed');
      expect(await differences()).toEqual([['refund_failed', -100_000]]);
      const [receipt] = await receipts();
      const { Id, SyncToken } = receipt!;
      await askCompany(books, contractor, 'refundreceipt?operation=delete', { Id, SyncToken });
      await act(reversed.id, 'resolve');
      await books.stripe.act('redeliver', { last: 3 });
      expect(await differences()).toEqual([]);
      const again = { amount_cents: 100_000, reason: 'The bank account was closed' };
      expect((await contractor.admin.post(`/payments/${paymentId}/refund`, again)).status).toBe(200);
      await eventually(async () => expect((await totals()).at(-1)).toBe(1000));
      await idle(books, contractor);
      expect((await receipts()).filter(({ Id: one }) => one !== Id)).toHaveLength(1);
      expect(await differences()).toEqual([]);
      expect((await inbox()).map(({ code }) => code)).not.toContain('refund_reversed');

      const made = (await receipts()).find(({ Id: one }) => one !== Id)!;
      await askCompany(books, contractor, 'refundreceipt?operation=delete', {
        Id: made.Id,
        SyncToken: made.SyncToken,
      });
      await pollCompany(books, contractor);
      const removed = await itemOf('refund_removed');
      expect(removed.reason).toContain(`The refund receipt over $1,000.00 for proposal ${proposalId}`);
      const byHand = await enterReceipt(1000);
      expect(await act(removed.id, 'resolve', { qbo_refund_id: byHand })).toMatchObject({ status: 200 });
      await pollCompany(books, contractor);
      expect(await inbox()).toEqual([]);
      expect(await differences()).toEqual([]);
    });
  });

  it('a credit memo of a change order, which is named by its id and put on the invoices of the contract', async () => {
    const { admin, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor, { amountCents: 1_000_000 });
    await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    const lines = [{ description: 'No skylight', quantity: 1, unit_price_cents: -100_000 }];
    await admin.post(`/proposals/${proposalId}/change-orders`, { description: 'No skylight', lines });
    await books.control.setPreferences(realmId, { BookCloseDate: '2099-12-31' });
    await admin.post(`/proposals/${proposalId}/change-orders/1/approve`, { reason: 'Agreed by phone' });
    const item = await eventually(async () => {
      const [found] = await openItems(admin, 'books_closed');
      if (!found) throw new Error('no item');
      return found;
    });
    expect(item.next_step).toContain('resolve this with its id');
    await books.control.setPreferences(realmId, { BookCloseDate: null });
    const invoices = await books.control.records(realmId, 'Invoice');
    const { value: customer_id } = invoices.find(({ Id }) => Id === invoiceId)!.CustomerRef as {
      value: string;
    };
    const enter = async (amount: number) =>
      (await books.control.creditMemo(realmId, { customer_id, amount })).Id;
    const resolve = async (qbo_credit_memo_id: string) =>
      admin.post(`/inbox/${item.id}/resolve`, { qbo_credit_memo_id });
    expect(await resolve(await enter(999))).toMatchObject({
      status: 409,
      body: { code: 'document_differs' },
    });
    const memo = await enter(1000);
    expect(await resolve(memo)).toMatchObject({ status: 200, body: { state: 'resolved' } });
    const memos = await books.control.records(realmId, 'CreditMemo');
    expect(memos.find(({ Id }) => Id === memo)).toMatchObject({ TotalAmt: 1000, Balance: 0 });
    const { body } = await admin.get(`/invoices?proposal_id=${proposalId}&kind=final`);
    expect(body.items).toMatchObject([{ total_cents: 700_000, balance_cents: 600_000 }]);
    const { items } = (await admin.post('/reports/revenue/compare', {})).body;
    const reasons = items[0].reasons as { reason: string; documents: Json[] }[];
    expect(
      reasons.flatMap(({ documents }) => documents.filter((one) => one.proposal_id === proposalId)),
    ).toEqual([]);
  });
});
