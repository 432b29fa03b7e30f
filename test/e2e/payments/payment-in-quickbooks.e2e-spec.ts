import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { PaymentPushService } from '../../../src/qbo-sync/push/payments/payment-push.service.js';
import { SyncCursorsRepository } from '../../../src/qbo-sync/pull/change-feed/sync-cursors.repository.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  eventsOf,
  beginsWith,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore, holdNext } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { metric } from '../../support/metrics.js';
import { createOrg } from '../../support/people.js';
import { connect, endPauses, tryToConnect } from '../../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

/** From the customer's card to a paid invoice in QuickBooks, by itself. */
describe('A paid deposit in the books', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const records = (entity: 'Invoice' | 'Payment' | 'RefundReceipt') =>
    books.control.records(contractor.realmId, entity);
  const ourInvoices = async () =>
    (await records('Invoice')).filter((one) => beginsWith(one.DocNumber, 'CRM-'));
  const ourPayments = async () =>
    (await records('Payment')).filter((one) => beginsWith(one.PrivateNote, 'crm:'));
  const proposal = async (id: number) => (await contractor.admin.get(`/proposals/${id}`)).body;
  const inbox = () => openItems(contractor.admin);

  it('becomes an invoice over what was paid, with the payment on it, and nobody lifts a hand', async () => {
    const proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_001 });
    const { deposit_cents, paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
    expect(deposit_cents).toBe(300_000);

    await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
    expect(await proposal(proposalId)).toMatchObject({
      qbo_state: 'paid',
      qbo_paid_cents: 300_000,
      qbo_balance_cents: 0,
    });
    expect(await ourInvoices()).toMatchObject([{ TotalAmt: 3000, Balance: 0 }]);
    expect(await ourPayments()).toMatchObject([
      { TotalAmt: 3000, UnappliedAmt: 0, PaymentRefNum: paymentIntentId.slice(-21) },
    ]);
    expect(await eventsOf(contractor, proposalId)).toEqual([
      'approve',
      'checkout_created',
      'payment_success',
      'invoice_created',
      'payment_recorded',
      'invoice_paid',
    ]);
    expect(await metric(books.app, 'crm_invoices_generated_total', { org_id: contractor.orgId })).toBe(1);
    expect(await metric(books.app, 'crm_invoices_paid_total', { org_id: contractor.orgId })).toBe(1);
    expect(await inbox()).toEqual([]);
  });

  it('stays an open invoice where the organisation records payments itself', async () => {
    await contractor.admin.patch('/org/settings', { record_payments: false });
    const proposalId = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Open'));
    expect(await ourPayments()).toEqual([]);
  });

  it('is recorded once although the answer is lost', async () => {
    const proposalId = await anApprovedProposal(contractor);
    await books.control.planFault({
      operation: 'payment.create',
      realm_id: contractor.realmId,
      kind: 'timeout',
      when: 'after',
    });
    await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
    expect(await ourPayments()).toHaveLength(1);
  });

  it('is asked of nobody a second time while its invoice could not be read since it was recorded', async () => {
    const { admin, orgId, realmId } = contractor;
    const { proposalId } = await anInvoicedProposal(contractor);
    const sending = holdBefore(books.app.app.get(QboClient).payments, 'create', { orgId });
    await payDeposit(books, admin, proposalId);
    await sending.made;
    await books.control.planFault({ operation: 'invoice.read', realm_id: realmId, kind: '500', times: 20 });
    sending.letGo();
    await eventually(async () => expect(await ourPayments()).toHaveLength(1));
    await idle(books, contractor);
    const check = `/qbo/sync/invoice/${proposalId}/check`;
    const why = async () => (await admin.get(`/proposals/${proposalId}/why`)).body;
    expect(await why()).toMatchObject({ next_step: `Have the invoice read by POST ${check}.` });
    await books.control.clearFaults();
    expect((await admin.post(check)).body).toMatchObject({ ok: true, changed_to_paid: true });
    expect((await why()).next_step).not.toContain(check);
  });

  it('goes to a person where it was put off, and the invoice settled by hand meanwhile', async () => {
    const { admin, orgId, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.planFault({ operation: 'payment.create', realm_id: realmId, kind: '429' });
    await payDeposit(books, admin, proposalId);
    const putOff = `select from sync_operations
                     where org_id = $1 and kind = 'payment.create' and state = 'ready' and attempts > 0`;
    await eventually(async () => expect(await books.database.query(putOff, [orgId])).toHaveLength(1));
    await endPauses(books.database);
    await books.control.receivePayment(realmId, invoiceId);
    await books.database.query('update sync_operations set next_attempt_at = now() where org_id = $1', [
      orgId,
    ]);
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'invoice_settled_already' }]));
    expect(await ourPayments()).toEqual([]);

    await books.control.planFault({ operation: 'payment.create', realm_id: realmId, kind: '429' });
    const [item] = await inbox();
    await admin.post(`/inbox/${item!.id}/retry`);
    await eventually(async () => expect(await books.database.query(putOff, [orgId])).toHaveLength(1));
    await endPauses(books.database);
    await books.database.query('update sync_operations set next_attempt_at = now() where org_id = $1', [
      orgId,
    ]);
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    await eventually(async () => expect(await ourPayments()).toHaveLength(1));
  });

  const cash = async (): Promise<number[]> => {
    const { rows } = (await contractor.admin.get('/reports/revenue?basis=cash')).body;
    return (rows as { earned_cents: number }[]).map(({ earned_cents }) => earned_cents);
  };
  const resolveOnly = async (code: string): Promise<void> => {
    const [item, ...others] = (await contractor.admin.get(`/inbox?code=${code}`)).body.items;
    expect(others).toEqual([]);
    expect((await contractor.admin.post(`/inbox/${item!.id}/resolve`)).status).toBe(200);
  };

  /** One of a card that QuickBooks refused as its books were closed, which they are no more. */
  const aRefusedPayment = async (): Promise<{ proposalId: number; invoiceId: string }> => {
    const { admin, realmId } = contractor;
    const invoiced = await anInvoicedProposal(contractor, { amountCents: 1_000_000 });
    await books.control.setPreferences(realmId, { BookCloseDate: '2099-12-31' });
    await payDeposit(books, admin, invoiced.proposalId);
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'books_closed' }]));
    await books.control.setPreferences(realmId, { BookCloseDate: '2001-01-01' });
    return invoiced;
  };

  it('that QuickBooks refused came in once, as soon as who entered it by hand has resolved the question', async () => {
    const { admin, realmId } = contractor;
    const { proposalId, invoiceId } = await aRefusedPayment();
    for (const amount of [1000, 2000]) await books.control.receivePayment(realmId, invoiceId, { amount });
    await pollCompany(books, contractor);
    // Until then nothing says that it is no cheque of the customer's beside it.
    expect(await cash()).toEqual([600_000]);
    await resolveOnly('books_closed');
    expect(await cash()).toEqual([300_000]);

    await books.control.editInvoice(realmId, invoiceId, { amount: 4000 });
    await pollCompany(books, contractor);
    expect(await openCheckout(admin, proposalId)).toMatchObject({ amount_cents: 100_000, kind: 'deposit' });
    const [payment] = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items;
    const part = { amount_cents: 100_000, reason: 'Goodwill' };
    expect((await admin.post(`/payments/${payment.id}/refund`, part)).status).toBe(200);
    expect(await cash()).toEqual([200_000]);
    // Negative control: a cheque beyond what was entered for it is money of its own.
    await books.control.receivePayment(realmId, invoiceId, { amount: 1000 });
    await pollCompany(books, contractor);
    expect(await cash()).toEqual([300_000]);
  });

  it.each(['at once', 'after another try'])(
    'whose answer was lost came in once, where it was entered by hand before anybody was asked: resolved %s',
    async (how) => {
      const { admin, orgId, realmId } = contractor;
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor, { amountCents: 1_000_000 });
      const lost = {
        operation: 'payment.create',
        realm_id: realmId,
        kind: 'timeout',
        when: 'before',
      } as const;
      await books.control.planFault(lost);
      await payDeposit(books, admin, proposalId);
      const ofPayment = `where org_id = $1 and kind = 'payment.create' and state = 'uncertain'`;
      await eventually(async () =>
        expect(await books.database.query(`select from sync_operations ${ofPayment}`, [orgId])).toHaveLength(
          1,
        ),
      );
      await books.database.query(
        `update sync_operations set first_sent_at = now() - interval '2 hours', next_attempt_at = now() ${ofPayment}`,
        [orgId],
      );
      await books.control.receivePayment(realmId, invoiceId);
      await pollCompany(books, contractor);
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
      await eventually(async () => expect(await inbox()).toHaveLength(1));
      expect(await cash()).toEqual([600_000]);
      // Who has it tried again is asked about the invoice, which their own entry has settled.
      if (how === 'after another try') await admin.post(`/inbox/${(await inbox())[0]!.id}/retry`);
      const code = how === 'at once' ? 'uncertain' : 'invoice_settled_already';
      await eventually(async () => expect(await inbox()).toMatchObject([{ code }]));
      await resolveOnly(code);
      expect(await cash()).toEqual([300_000]);
    },
  );

  it('that QuickBooks refused and that stands there on account is not taken for the cheque over the rest', async () => {
    const { invoiceId } = await aRefusedPayment();
    await resolveOnly('books_closed');
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 1000 });
    await pollCompany(books, contractor);
    expect(await cash()).toEqual([400_000]);
  });

  it('that QuickBooks refused is not taken for the cheque in place of one that bounced', async () => {
    const { admin, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor, { amountCents: 1_000_000 });
    const cheque = await books.control.receivePayment(realmId, invoiceId);
    await payDeposit(books, admin, proposalId);
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'invoice_settled_already' }]));
    await resolveOnly('invoice_settled_already');
    await books.control.deletePayment(realmId, cheque.Id);
    await pollCompany(books, contractor);
    await books.control.receivePayment(realmId, invoiceId);
    await pollCompany(books, contractor);
    expect(await cash()).toEqual([600_000]);
  });

  it('that met an invoice settled by a cheque came in beside that, whoever closes the question', async () => {
    const { admin, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor, { amountCents: 1_000_000 });
    await books.control.receivePayment(realmId, invoiceId);
    await payDeposit(books, admin, proposalId);
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'invoice_settled_already' }]));
    await resolveOnly('invoice_settled_already');
    expect(await cash()).toEqual([600_000]);
    const [payment] = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items;
    expect((await admin.post(`/payments/${payment.id}/refund`, { reason: 'Paid twice' })).status).toBe(200);
    expect(await cash()).toEqual([300_000]);
  });

  it('waits longer each time where it was put off, and nothing can be asked about its invoice', async () => {
    const { admin, orgId, realmId } = contractor;
    const { proposalId } = await anInvoicedProposal(contractor);
    await books.control.planFault({ operation: 'payment.create', realm_id: realmId, kind: '429' });
    await payDeposit(books, admin, proposalId);
    const attempts = async (): Promise<number[]> =>
      (
        await books.database.query<{ attempts: number }>(
          `select attempts from sync_operations where org_id = $1 and kind = 'payment.create' and state = 'ready'`,
          [orgId],
        )
      ).map((row) => row.attempts);
    await eventually(async () => expect(await attempts()).toEqual([1]));
    await books.control.planFault({ operation: 'invoice.read', realm_id: realmId, kind: '500', times: 20 });
    for (const count of [2, 3]) {
      await endPauses(books.database);
      await books.database.query('update sync_operations set next_attempt_at = now() where org_id = $1', [
        orgId,
      ]);
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
      await eventually(async () => expect((await attempts())[0]).toBeGreaterThanOrEqual(count));
    }
    expect(await ourPayments()).toEqual([]);
  });

  it.each([
    { code: 'books_closed', open: 'on the invoice' },
    { code: 'books_closed', open: 'on account' },
    { code: 'invoice_settled_already', open: 'on the invoice' },
  ])(
    'is left to who closed its question ($code), having entered it $open, where its retry was put off',
    async ({ code, open }) => {
      const { admin, orgId, realmId } = contractor;
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
      const closeBooks = (day: string) => books.control.setPreferences(realmId, { BookCloseDate: day });
      const isClosed = code === 'books_closed';
      if (isClosed) await closeBooks('2099-12-31');
      else await books.control.receivePayment(realmId, invoiceId);
      await payDeposit(books, admin, proposalId);
      await eventually(async () => expect(await inbox()).toMatchObject([{ code }]));
      if (isClosed) await closeBooks('2001-01-01');
      const [item] = await inbox();
      await books.control.planFault({ operation: 'payment.create', realm_id: realmId, kind: '429' });
      expect((await admin.post(`/inbox/${item!.id}/retry`)).body).toMatchObject({ state: 'open' });
      await endPauses(books.database);
      if (isClosed && open === 'on the invoice') await books.control.receivePayment(realmId, invoiceId);
      expect((await admin.post(`/inbox/${item!.id}/resolve`)).status).toBe(200);
      const due = 'update sync_operations set next_attempt_at = now() where org_id = $1';
      await books.database.query(due, [orgId]);
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
      await idle(books, contractor);
      expect(await inbox()).toEqual([]);
      expect(await ourPayments()).toEqual([]);
      const left = await books.database.query(
        `select state from sync_operations where org_id = $1 and kind = 'payment.create'
          order by generation desc limit 1`,
        [orgId],
      );
      expect(left).toEqual([{ state: 'refused' }]);
    },
  );

  it('is recorded as a person wanted, who is not asked again though QuickBooks was away as they said so', async () => {
    const { admin, orgId, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(realmId, invoiceId);
    await payDeposit(books, admin, proposalId);
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'invoice_settled_already' }]));
    const [item] = await inbox();
    const away = { operation: 'invoice.read', realm_id: realmId, kind: '500', times: 20 } as const;
    await books.control.planFault(away);
    expect((await admin.post(`/inbox/${item!.id}/retry`)).body).toMatchObject({ state: 'open' });
    await books.control.clearFaults();
    const due = 'update sync_operations set next_attempt_at = now() where org_id = $1';
    await books.database.query(due, [orgId]);
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    await eventually(async () => expect(await ourPayments()).toHaveLength(1));
  });

  it('is closed by nobody while the second of two who have it tried again is at QuickBooks', async () => {
    const { admin, orgId, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(realmId, invoiceId);
    await payDeposit(books, admin, proposalId);
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'invoice_settled_already' }]));
    const [item] = await inbox();
    const act = (deed: 'retry' | 'resolve') => admin.post(`/inbox/${item!.id}/${deed}`);
    const { payments } = books.app.app.get(QboClient);
    await books.control.planFault({ operation: 'payment.create', realm_id: realmId, kind: '403' });
    const first = holdBefore(payments, 'create', { orgId });
    const retrying = act('retry');
    await first.made;
    const second = holdBefore(books.app.app.get(PaymentPushService), 'push', { orgId });
    const beside = act('retry');
    await second.made;
    first.letGo();
    expect((await retrying).body).toMatchObject({ state: 'open' });
    const made = holdNext(payments, 'create', { orgId });
    second.letGo();
    await made.done;
    const closing = await act('resolve');
    made.letGo();
    expect((await beside).body).toMatchObject({ state: 'resolved' });
    expect(closing).toMatchObject({ status: 409, body: { code: 'being_retried' } });
  });

  it('is tried again by nobody who began with that before another one closed its question', async () => {
    const { admin, orgId, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(realmId, invoiceId);
    await payDeposit(books, admin, proposalId);
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'invoice_settled_already' }]));
    const [item] = await inbox();
    const act = (deed: 'retry' | 'resolve') => admin.post(`/inbox/${item!.id}/${deed}`);
    const pushes = books.app.app.get(PaymentPushService);
    const first = holdBefore(pushes, 'push', { orgId });
    const retrying = act('retry');
    await first.made;
    const second = holdBefore(pushes, 'push', { orgId });
    const beside = act('retry');
    await second.made;
    await books.control.planFault({ operation: 'payment.create', realm_id: realmId, kind: '403' });
    first.letGo();
    expect((await retrying).body).toMatchObject({ state: 'open' });
    expect((await act('resolve')).status).toBe(200);
    second.letGo();
    await beside;
    expect(await ourPayments()).toEqual([]);
  });

  it('goes to a person where the invoice was settled by hand, and is recorded when that person insists', async () => {
    await contractor.admin.patch('/org/settings', { record_payments: true });
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await payDeposit(books, contractor.admin, proposalId);

    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'invoice_settled_already' }]));
    expect(await ourPayments()).toEqual([]);
    const [item] = await inbox();
    const retried = await contractor.admin.post(`/inbox/${item!.id}/retry`);
    expect(retried.body).toEqual({ id: item!.id, state: 'resolved' });
    expect(await ourPayments()).toMatchObject([{ UnappliedAmt: 3750 }]);
    expect(await inbox()).toMatchObject([{ code: 'payment_unapplied' }]);
  });

  it.each(['resolve', 'dismiss'] as const)(
    'is a question that nobody closes (%s), as they enter it by hand, while another person has it tried again',
    async (how) => {
      const { admin, realmId } = contractor;
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
      await books.control.receivePayment(realmId, invoiceId);
      await payDeposit(books, admin, proposalId);
      await eventually(async () =>
        expect(await inbox()).toMatchObject([{ code: 'invoice_settled_already' }]),
      );
      const [item] = await inbox();
      const made = holdNext(books.app.app.get(QboClient).payments, 'create', { orgId: contractor.orgId });
      const retrying = admin.post(`/inbox/${item!.id}/retry`);
      await made.done;
      const closing = await admin.post(`/inbox/${item!.id}/${how}`);
      made.letGo();
      expect((await retrying).body).toMatchObject({ state: 'resolved' });
      expect(closing).toMatchObject({ status: 409, body: { code: 'being_retried' } });
      expect(await ourPayments()).toHaveLength(1);
    },
  );

  it.each([
    { record_payments: true, code: 'invoice_settled_already' },
    { record_payments: false, code: 'payment_not_owed' },
  ])(
    'that met a settled invoice is asked about with what is open once the cheque bounces ($code)',
    async (asked) => {
      const { record_payments, code } = asked;
      await contractor.admin.patch('/org/settings', { record_payments });
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
      const cheque = await books.control.receivePayment(contractor.realmId, invoiceId);
      await payDeposit(books, contractor.admin, proposalId);
      const reason = async () => (await inbox()).find((item) => item.code === code)?.reason;
      await eventually(async () => expect(await reason()).toContain('nothing is open on invoice'));
      expect(await reason()).not.toContain('By now');

      await books.control.voidPayment(contractor.realmId, cheque.Id);
      await pollCompany(books, contractor);
      expect(await reason()).toContain('By now $3,750.00 is open on that invoice.');
      await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 750 });
      await pollCompany(books, contractor);
      expect(await reason()).toMatch(/ By now \$3,000\.00 is open on that invoice\.$/);
      expect((await reason())!.match(/By now/g)).toHaveLength(1);
      expect(await ourPayments()).toEqual([]);
    },
  );

  it.each([
    { how: 'deleted', act: 'deletePayment' },
    { how: 'voided', act: 'voidPayment' },
  ] as const)(
    'is before a person once a bookkeeper has $how it, until it is refunded',
    async ({ how, act }) => {
      const proposalId = await anApprovedProposal(contractor);
      await payDeposit(books, contractor.admin, proposalId);
      await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
      const [payment] = await ourPayments();
      await books.control[act](contractor.realmId, payment!.Id);
      await pollCompany(books, contractor);
      expect(await inbox()).toMatchObject([
        {
          code: 'payment_removed',
          proposal_id: proposalId,
          reason: expect.stringContaining(`was ${how} in Qu`),
        },
      ]);
      const why = (await contractor.admin.get(`/proposals/${proposalId}/why`)).body;
      expect(why.next_step).toContain('Enter the payment in QuickBooks again');
      const { items } = (await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body;
      await contractor.admin.post(`/payments/${items[0].id}/refund`, { reason: 'cancelled' });
      await eventually(async () => {
        expect((await inbox()).map(({ code }) => code)).not.toContain('payment_removed');
      });
    },
  );

  it('is refunded in the books step by step, each step once', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));

    const refund = (amount: number) =>
      books.stripe.act('refund', { payment_intent: paymentIntentId, amount });
    await refund(100_000);
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
    await refund(275_000);
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(2));
    expect((await records('RefundReceipt')).map((one) => one.TotalAmt)).toEqual([1000, 2750]);
    expect((await proposal(proposalId)).deposit_paid_cents).toBe(0);
    expect(await eventsOf(contractor, proposalId)).toEqual(
      expect.arrayContaining(['payment_refunded', 'refund_recorded']),
    );
  });

  it('is not refunded in the books by itself while a credit waits that the refund may pay out', async () => {
    const { admin, realmId } = contractor;
    const proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    const { paymentIntentId } = await payDeposit(books, admin, proposalId);
    await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
    await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    const final = (await ourInvoices()).find(({ DocNumber }) => DocNumber === `CRM-${proposalId}-F`);
    await books.control.receivePayment(realmId, final!.Id);
    await pollCompany(books, contractor);
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -60_000 }];
    await admin.post(`/proposals/${proposalId}/change-orders`, { description: 'No gutter', lines });
    await admin.post(`/proposals/${proposalId}/change-orders/1/approve`, { reason: 'Agreed on site' });
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'credit_left' }]));
    const earned = async () => {
      const { body } = await admin.get('/reports/revenue?from=2020-01-01&to=2099-12-31&by=proposal');
      const rows = body.rows as { key: string; earned_cents: number }[];
      return rows.reduce((sum, { earned_cents: cents }) => sum + cents, 0);
    };
    expect(await earned()).toBe(940_000);

    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 60_000 });
    const waits = {
      code: 'refund_beside_credit',
      reason: expect.stringContaining('it may pay out the credit of $600.00 that is on no invoice'),
      next_step: expect.stringContaining('an expense on Accounts Receivable'),
    };
    await eventually(async () => expect(await inbox()).toContainEqual(expect.objectContaining(waits)));
    expect(await records('RefundReceipt')).toEqual([]);
    expect(await earned()).toBe(940_000);

    const item = (await inbox()).find(({ code }) => code === 'refund_beside_credit');
    expect((await admin.post(`/inbox/${item!.id}/retry`)).status).toBe(200);
    await eventually(async () => {
      expect(await records('RefundReceipt')).toMatchObject([{ TotalAmt: 600 }]);
      expect((await inbox()).map(({ code }) => code)).toEqual(['credit_left']);
    });
    expect(await earned()).toBe(880_000);
  });

  it.each([
    { refunded: 375_000, says: 'though all of it was given back', next: 'nor give it back again' },
    { refunded: 375_000 - 1, says: 'on no invoice.', next: 'Apply it to an invoice' },
  ])('is on account once its invoice is void, with $refunded of 375000 given back: $next', async (facts) => {
    const proposalId = await anApprovedProposal(contractor);
    const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: facts.refunded });
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));

    await books.control.voidInvoice(contractor.realmId, (await ourInvoices())[0]!.Id);
    await pollCompany(books, contractor);
    const items = await openItems(contractor.admin);
    const item = (items as { code: string; reason: string; next_step: string }[]).find(
      ({ code }) => code === 'payment_on_account',
    );
    expect(item?.reason).toContain(facts.says);
    expect(item?.next_step).toContain(facts.next);
  });

  it('waits for a connection, and is made as soon as there is one', async () => {
    const { orgId, admin } = await createOrg(books.app);
    const { realm_id: realmId } = await books.control.createCompany({
      name: 'Late Roofing',
      fixtures: 'sales',
    });
    contractor = { orgId, admin, realmId };
    const [one, two] = [await anApprovedProposal(contractor), await anApprovedProposal(contractor)];
    const skipped = () =>
      metric(books.app, 'crm_qbo_customer_sync_total', { org_id: orgId, result: 'skipped' });
    for (const id of [one, two]) await payDeposit(books, admin, id);
    await eventually(async () => expect(await skipped()).toBeGreaterThanOrEqual(2));
    expect((await proposal(one)).qbo_invoice_id).toBeNull();

    await connect(books.app, admin, { realmId });
    await eventually(async () => {
      for (const id of [one, two]) expect((await proposal(id)).qbo_status).toBe('Paid');
    });
    expect(await ourInvoices()).toHaveLength(2);
  });

  it('does not undo a connection that is made anew just as its invoice is written down', async () => {
    const { app } = books.app;
    const { orgId, admin, realmId } = contractor;
    const making = holdBefore(app.get(QboClient).invoices, 'create', { orgId });
    const proposalId = await anApprovedProposal(contractor);
    await payDeposit(books, admin, proposalId);
    await making.made;
    await eventually(async () => {
      const waiting = `select from sync_operations where org_id = $1 and kind = 'payment.create' and state = 'waiting'`;
      expect(await books.database.query(waiting, [orgId])).toHaveLength(1);
    });
    // As where its answer was lost, and polls passed over it before it was known.
    const passed = `update qbo_sweeps set changed_since = now() + interval '1 minute' where org_id = $1`;
    await books.database.query(passed, [orgId]);
    const ending = holdBefore(app.get(SyncCursorsRepository), 'lookBackTo');
    making.letGo();
    await ending.made;
    const connecting = tryToConnect(admin, { realmId });
    await eventually(async () => {
      const takingUp = `select from pg_stat_activity where datname = current_database()
        and wait_event_type = 'Lock' and query like '%update sync_operations set next_attempt_at%'`;
      expect(await books.database.query(takingUp)).toHaveLength(1);
    });
    ending.letGo();
    expect(await connecting).toMatchObject({ status: 200 });
    await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
  });

  it('is held back where the proposal is older than the start date, until that date lets it', async () => {
    const { orgId, admin } = await createOrg(books.app);
    const { realm_id: realmId } = await books.control.createCompany({
      name: 'New Roofing',
      fixtures: 'sales',
    });
    contractor = { orgId, admin, realmId };
    await admin.patch('/org/settings', { invoices_from: '2099-01-01' });
    const old = await anApprovedProposal(contractor);
    await payDeposit(books, admin, old);
    await connect(books.app, admin, { realmId });
    const state = async () =>
      (
        await books.database.query<{ state: string }>(
          `select state from sync_operations where kind = 'invoice.create' and proposal_id = $1`,
          [old],
        )
      )[0]?.state;
    await eventually(async () => expect(await state()).toBe('held_back'));
    expect(await ourInvoices()).toHaveLength(0);

    await admin.patch('/org/settings', { invoices_from: '2001-01-01' });
    await eventually(async () => expect((await proposal(old)).qbo_status).toBe('Paid'));
    expect(await ourInvoices()).toHaveLength(1);
  });

  it(
    'stands in the inbox with a next step when QuickBooks refuses the invoice, and comes right by a ' +
      'retry',
    async () => {
      await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
      const proposalId = await anApprovedProposal(contractor);
      await payDeposit(books, contractor.admin, proposalId);
      await eventually(async () =>
        expect(await inbox()).toMatchObject([{ code: 'books_closed', proposal_id: proposalId }]),
      );
      const [item] = await inbox();
      expect((await contractor.admin.post(`/inbox/${item!.id}/retry`)).body).toMatchObject({ state: 'open' });

      await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2001-01-01' });
      expect((await contractor.admin.post(`/inbox/${item!.id}/retry`)).body).toEqual({
        id: item!.id,
        state: 'resolved',
      });
      await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
      expect(await inbox()).toEqual([]);
      expect(await ourInvoices()).toHaveLength(1);
    },
  );

  it('has its refused invoice closed by nobody while another person has it tried again', async () => {
    const { admin, realmId } = contractor;
    await books.control.planFault({
      operation: 'invoice.create',
      realm_id: realmId,
      kind: '403',
      when: 'before',
    });
    const proposalId = await anApprovedProposal(contractor);
    await payDeposit(books, admin, proposalId);
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'forbidden' }]));
    const [item] = await inbox();
    const made = holdNext(books.app.app.get(QboClient).invoices, 'create', { orgId: contractor.orgId });
    const retrying = admin.post(`/inbox/${item!.id}/retry`);
    await made.done;
    const closing = await admin.post(`/inbox/${item!.id}/dismiss`);
    made.letGo();
    expect((await retrying).body).toMatchObject({ state: 'resolved' });
    expect(closing).toMatchObject({ status: 409, body: { code: 'being_retried' } });
  });

  it('goes to a person where the proposal was cancelled while the payment page was open', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    await contractor.admin.patch(`/proposals/${proposalId}`, { status: 'cancelled' });
    await books.stripe.act('pay', { session: session_id });
    await eventually(async () =>
      expect(await inbox()).toMatchObject([{ code: 'paid_not_approved', proposal_id: proposalId }]),
    );
    expect(await ourInvoices()).toEqual([]);
  });

  it('leaves the inbox of one organisation closed to another', async () => {
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    await contractor.admin.post(`/qbo/invoice/${await anApprovedProposal(contractor)}`);
    const [item] = await inbox();
    const stranger = await createOrg(books.app, 'Rival Roofing');
    expect(await openItems(stranger.admin)).toEqual([]);
    for (const decision of ['retry', 'dismiss', 'resolve']) {
      expect((await stranger.admin.post(`/inbox/${item!.id}/${decision}`)).status).toBe(404);
    }
    expect((await contractor.admin.post(`/inbox/${item!.id}/dismiss`)).body.state).toBe('dismissed');
    expect(await inbox()).toEqual([]);
  });
});
