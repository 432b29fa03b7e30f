import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  beginsWith,
  type Contractor,
  eventsOf,
  idle,
  pollCompany,
} from '../../support/books.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { DEPOSIT } from '../../../src/invoices/invoice-key.js';
import { InvoiceTriesService } from '../../../src/qbo-sync/push/invoices/create/invoice-tries.service.js';
import { PaymentPreparationService } from '../../../src/qbo-sync/push/payments/payment-preparation.service.js';
import { ProposalsRepository } from '../../../src/proposals/rows/proposals.repository.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { metric } from '../../support/metrics.js';
import type { Json } from '../../support/people.js';
import { connect, endPauses } from '../../support/qbo.js';
import { retriedWhileSent, ANSWERED_WHILE_SENT } from '../../support/retry-under-way.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

/** Of the deposit invoice of a proposal over 12,500.00. */
const TOTAL = 375_000;

describe('An invoice that is made anew', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const make = async (id: number, body: object = {}) => contractor.admin.post(`/qbo/invoice/${id}`, body);
  const check = async (id: number) => (await contractor.admin.post(`/qbo/sync/invoice/${id}/check`)).body;
  const proposalOf = async (id: number) => (await contractor.admin.get(`/proposals/${id}`)).body;
  const inbox = () => openItems(contractor.admin);
  const why = async (id: number) => (await contractor.admin.get(`/proposals/${id}/why`)).body;
  const invoices = async () => books.control.records(contractor.realmId, 'Invoice');
  const payments = async () =>
    (await books.control.records(contractor.realmId, 'Payment')).filter((one) =>
      beginsWith(one.PrivateNote, 'crm:'),
    );

  it.each([
    { what: 'voided', act: 'voidInvoice' },
    { what: 'deleted', act: 'deleteInvoice' },
  ] as const)(
    'where it was $what is the next generation, once, and only when asked for',
    async ({ what, act }) => {
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
      expect((await make(proposalId, { again: true })).body).toMatchObject({
        status: 'exists',
        qbo_invoice_id: invoiceId,
      });
      await books.control[act](contractor.realmId, invoiceId);
      expect((await make(proposalId)).body).toMatchObject({ status: 'exists', qbo_invoice_id: invoiceId });

      const answers = await Promise.all(Array.from({ length: 5 }, () => make(proposalId, { again: true })));
      const made = answers.find(({ body }) => body.status === 'created')!;
      expect(made.body).toMatchObject({ qbo_invoice_number: `CRM-${proposalId}-2`, amount_cents: TOTAL });
      for (const { body } of answers) expect(body.qbo_invoice_id).toBe(made.body.qbo_invoice_id);
      expect((await invoices()).filter(({ DocNumber }) => DocNumber === `CRM-${proposalId}-2`)).toHaveLength(
        1,
      );

      expect(await proposalOf(proposalId)).toMatchObject({
        qbo_invoice_id: made.body.qbo_invoice_id,
        qbo_state: 'open',
        qbo_balance_cents: TOTAL,
      });
      expect(await eventsOf(contractor, proposalId)).toEqual([
        'approve',
        'invoice_created',
        `invoice_${what}`,
        'invoice_created',
      ]);
      expect(await metric(books.app, 'crm_invoices_generated_total', { org_id: contractor.orgId })).toBe(2);
      await books.control.receivePayment(contractor.realmId, made.body.qbo_invoice_id);
      expect(await check(proposalId)).toMatchObject({ ok: true, changed_to_paid: true, qbo_status: 'Paid' });
    },
  );

  it('is not held by the money of the new one where the void of the old one is undone', async () => {
    const { realmId, admin } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    const { Line, PrivateNote } = (await invoices()).find(({ Id }) => Id === invoiceId)!;
    await books.control.voidInvoice(realmId, invoiceId);
    await check(proposalId);
    const made = (await make(proposalId, { again: true })).body;
    await payDeposit(books, admin, proposalId);
    await eventually(async () => expect(await payments()).toHaveLength(1));
    await books.control.editInvoice(realmId, invoiceId, { Line, PrivateNote });
    await pollCompany(books, contractor);
    expect(await inbox()).toMatchObject([{ code: 'invoice_twice' }]);
    const listed = (await admin.get(`/invoices?proposal_id=${proposalId}`)).body.items as Json[];
    const old = listed.find(({ qbo_invoice_id }) => qbo_invoice_id === invoiceId)!;
    expect(old).toMatchObject({ state: 'open', balance_cents: TOTAL });
    expect(await admin.post(`/invoices/${old.id}/void`)).toMatchObject({ status: 200 });
    expect(await inbox()).toEqual([]);
    const paid = listed.find(({ qbo_invoice_id }) => qbo_invoice_id === made.qbo_invoice_id)!;
    expect(await admin.post(`/invoices/${paid.id}/void`)).toMatchObject({ status: 409 });
  });

  it('is one, of which its maker says that it is made, where another asks while it is being written down', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await check(proposalId);
    const tries = books.app.app.get(InvoiceTriesService);
    const company = await books.app.app.get(ConnectionService).requireCompany(contractor.orgId);
    const proposal = await books.app.app
      .get(ProposalsRepository)
      .findInOrg(books.app.app.get(DataSource).manager, contractor.orgId, proposalId);
    const gone = await tries.newestInvoice(proposal!, DEPOSIT);
    const waiting = async (count: number) =>
      eventually(async () => {
        const rows = await books.database.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        expect(rows).toHaveLength(count);
      });
    await books.database.query(`
      create function wait_for_the_others() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock_shared(1); return null; end $$;
      create trigger wait_for_the_others after update on sync_operations for each row
        when (new.state = 'done') execute function wait_for_the_others()`);
    try {
      const gate = new Client({ connectionString: books.database.ownerUrl });
      await gate.connect();
      await gate.query('select pg_advisory_lock(1)');
      const maker = make(proposalId, { again: true });
      await waiting(1);
      const other = tries.remake(company, proposal!, gone!);
      await waiting(2);
      await gate.end();
      expect((await maker).body).toMatchObject({
        status: 'created',
        qbo_invoice_number: `CRM-${proposalId}-2`,
      });
      expect((await other).operation.state).toBe('done');
    } finally {
      await books.database.query('drop function wait_for_the_others() cascade');
    }
  });

  it('is written down, and counted once, where PostgreSQL ended a deadlock at its expense', async () => {
    const proposalId = await anApprovedProposal(contractor);
    await books.database.query(`
      create sequence attempts;
      grant usage on attempts to public;
      create function lose_once() returns trigger language plpgsql as $$
        begin
          if nextval('attempts') = 1 then raise exception 'deadlock detected' using errcode = '40P01'; end if;
          return null;
        end $$;
      create trigger lose_once after insert on portal_activity for each row
        when (new.event = 'invoice_created') execute function lose_once()`);
    try {
      expect((await make(proposalId)).body).toMatchObject({ status: 'created', amount_cents: TOTAL });
      expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created']);
      expect(await metric(books.app, 'crm_invoices_generated_total', { org_id: contractor.orgId })).toBe(1);
    } finally {
      await books.database.query('drop function lose_once() cascade; drop sequence attempts');
    }
  });

  it('is told of as the next step of one that is gone, and not made once the proposal is cancelled', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await check(proposalId);
    expect((await why(proposalId)).next_step).toContain(
      `POST /qbo/invoice/${proposalId} with {"again": true}`,
    );
    await contractor.admin.patch(`/proposals/${proposalId}`, { status: 'cancelled' });
    const answer = await make(proposalId, { again: true });
    expect([answer.status, answer.body.code]).toEqual([409, 'proposal_not_approved']);
  });

  it('after a refusal is the next try', async () => {
    const proposalId = await anApprovedProposal(contractor);
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2999-01-01' });
    expect((await make(proposalId)).status).toBe(409);
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2000-01-01' });
    expect((await make(proposalId, { again: true })).body).toMatchObject({
      status: 'created',
      amount_cents: TOTAL,
    });
    expect(await inbox()).toEqual([]);
  });

  it('has the payment that was on the one before put on it, once, whoever asks again while that is sent', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const { session_id: session } = await openCheckout(contractor.admin, proposalId);
    await books.stripe.act('pay', { session });
    await eventually(async () => expect((await proposalOf(proposalId)).qbo_status).toBe('Paid'));
    const first = (await proposalOf(proposalId)).qbo_invoice_id as string;
    await books.control.voidInvoice(contractor.realmId, first);
    await check(proposalId);
    expect(await payments()).toMatchObject([{ UnappliedAmt: 3_750 }]);

    const { realmId: realm_id } = contractor;
    await books.control.planFault({ operation: 'payment.update', realm_id, kind: '403', when: 'before' });
    const { body } = await make(proposalId, { again: true });
    expect(body).toMatchObject({ status: 'created', amount_cents: TOTAL });
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'forbidden' }]));
    const apply = [books.app.app.get(QboClient).payments, 'apply'] as const;
    const answered = await retriedWhileSent(books, contractor, (await inbox())[0]!.id, apply);
    expect(answered).toMatchObject(ANSWERED_WHILE_SENT);
    await eventually(async () =>
      expect(await proposalOf(proposalId)).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: TOTAL }),
    );
    expect(await payments()).toMatchObject([
      { UnappliedAmt: 0, Line: [{ LinkedTxn: [{ TxnId: body.qbo_invoice_id, TxnType: 'Invoice' }] }] },
    ]);
    expect(await eventsOf(contractor, proposalId)).toContain('payment_applied');
    expect(await metric(books.app, 'crm_invoice_payments_cents_total', { org_id: contractor.orgId })).toBe(
      TOTAL,
    );
    expect(await inbox()).toEqual([]);
  });

  it('has its payment put on it in its own company, whatever has those ids in the one connected since', async () => {
    const { realmId, admin } = contractor;
    const { app, control, database } = books;
    const proposalId = await anApprovedProposal(contractor);
    await payDeposit(books, admin, proposalId);
    await eventually(async () => expect((await proposalOf(proposalId)).qbo_status).toBe('Paid'));
    await control.voidInvoice(realmId, (await proposalOf(proposalId)).qbo_invoice_id as string);
    await check(proposalId);
    await control.planFault({ operation: 'payment.update', realm_id: realmId, kind: '403', when: 'before' });
    const { qbo_invoice_id: made } = (await make(proposalId, { again: true })).body;
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'forbidden' }]));
    await control.planFault({ operation: 'payment.read', realm_id: realmId, kind: '500' });
    await admin.post(`/inbox/${(await inbox())[0]!.id}/retry`);

    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    const { Id: customer_id } = await control.createCustomer(other, 'Walk-in');
    const typeIn = async () => (await control.createInvoice(other, { customer_id, amount: 50 })).Id;
    const paid = Number((await payments())[0]!.Id);
    let last = await typeIn();
    while (Number(last) < paid - 1) last = await typeIn();
    await control.receivePayment(other, last, { unapplied: true, amount: 10 });
    while (Number(last) < Number(made)) last = await typeIn();
    expect(await control.records(other, 'Payment')).toMatchObject([{ Id: String(paid) }]);
    await connect(app, admin, { realmId: other, replaceCompany: true });
    await idle(books, contractor);
    expect(await control.records(other, 'Payment')).toMatchObject([{ UnappliedAmt: 10 }]);

    await endPauses(database);
    await connect(app, admin, { realmId, replaceCompany: true });
    await eventually(async () => expect(await payments()).toMatchObject([{ UnappliedAmt: 0 }]));
  });

  it('takes the deposit that found its invoice gone', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    const { session_id: session } = await openCheckout(contractor.admin, proposalId);
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await books.stripe.act('pay', { session });
    await eventually(async () =>
      expect((await inbox()).map((one: { code: string }) => one.code)).toContain('invoice_gone'),
    );
    await make(proposalId, { again: true });
    await eventually(async () => {
      expect(await proposalOf(proposalId)).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: TOTAL });
      expect((await inbox()).map((one: { code: string }) => one.code)).not.toContain('invoice_gone');
    });
    expect(await payments()).toHaveLength(1);
  });

  const itemOf = (code: string): Promise<Json> =>
    eventually(async () => {
      const [found] = await openItems(contractor.admin, code);
      expect(found).toBeDefined();
      return found!;
    });
  /** A deposit that is paid once its invoice is voided. */
  const paidTooLate = async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    const { session_id: session } = await openCheckout(contractor.admin, proposalId);
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await books.stripe.act('pay', { session });
    return { proposalId, gone: await itemOf('invoice_gone') };
  };
  const actOn = async (item: Json, act: string) =>
    expect((await contractor.admin.post(`/inbox/${item.id}/${act}`)).status).toBe(200);

  it.each(['retry', 'resolve', 'refund'] as const)(
    'asks anew about the deposit that found its invoice gone, where a person had closed the question: %s',
    async (answer) => {
      const { proposalId, gone } = await paidTooLate();
      await actOn(gone, 'resolve');
      await make(proposalId, { again: true });
      const asked = await itemOf('payment_left');
      await idle(books, contractor);
      expect(await payments()).toEqual([]);
      const { next_step: nextStep } = asked as { next_step: string };
      expect((await why(proposalId)).next_step).toBe(nextStep);
      // It may be there by hand: no other invoice has it sent.
      await contractor.admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
      await idle(books, contractor);
      expect(await payments()).toEqual([]);

      const [, refund] = /POST (\S+)/.exec(nextStep)!;
      const [path, body] =
        answer === 'refund' ? [refund!, { reason: 'Agreed' }] : [`/inbox/${asked.id}/${answer}`, {}];
      expect((await contractor.admin.post(path, body)).status).toBe(200);
      await idle(books, contractor);
      await eventually(async () => expect(await openItems(contractor.admin, 'payment_left')).toEqual([]));
      // Who resolved the first question may have entered it by hand, and its refund belongs beside it then.
      await eventually(async () =>
        expect(await openItems(contractor.admin, 'payment_missing')).toHaveLength(
          answer === 'refund' ? 1 : 0,
        ),
      );
      expect(await payments()).toHaveLength(answer === 'retry' ? 1 : 0);
    },
  );

  it('asks anew about the deposit that goes on with it, where a person closes the question just then', async () => {
    const { proposalId, gone } = await paidTooLate();
    const { orgId } = contractor;
    const preparing = holdBefore(books.app.app.get(PaymentPreparationService), 'prepare', { orgId });
    await make(proposalId, { again: true });
    await preparing.made;
    await actOn(gone, 'resolve');
    preparing.letGo();
    await itemOf('payment_left');
    await idle(books, contractor);
    expect(await payments()).toEqual([]);
  });

  it('asks about the deposit that waits for it, tried again, where a person closes the question first', async () => {
    const { proposalId, gone } = await paidTooLate();
    const { realmId: realm_id, admin } = contractor;
    await books.control.planFault({ operation: 'invoice.create', realm_id, kind: '429', times: 9 });
    await make(proposalId, { again: true });
    const retried = await admin.post(`/inbox/${gone.id}/retry`);
    expect(retried.body).toMatchObject({ state: 'open', error: 'It waits for its invoice.' });
    await actOn(gone, 'resolve');
    await books.control.clearFaults();
    await endPauses(books.database);
    await make(proposalId);
    await itemOf('payment_left');
    await idle(books, contractor);
    expect(await payments()).toEqual([]);
  });

  it('asks once more about the deposit that was given back in answer, where that fails at Stripe', async () => {
    const { proposalId, gone } = await paidTooLate();
    await actOn(gone, 'resolve');
    await make(proposalId, { again: true });
    const { next_step: nextStep } = (await itemOf('payment_left')) as { next_step: string };
    const [, path] = /POST (\S+)/.exec(nextStep)!;
    expect((await contractor.admin.post(path!, { reason: 'Agreed' })).status).toBe(200);
    await eventually(async () => expect(await openItems(contractor.admin, 'payment_left')).toEqual([]));
    const [row] = await books.database.query<{ id: string }>(
      'select stripe_refund_id as id from refunds where org_id = $1',
      [contractor.orgId],
    );
    await books.stripe.act('update-refund', { refund: row!.id, status: 'failed' });
    await itemOf('payment_left');
    await idle(books, contractor);
    expect(await payments()).toEqual([]);
  });

  it('brings the deposit that found its invoice gone before who closed the question once, not each time', async () => {
    const { proposalId, gone } = await paidTooLate();
    await actOn(gone, 'resolve');
    const { qbo_invoice_id: second } = (await make(proposalId, { again: true })).body;
    await actOn(await itemOf('payment_left'), 'resolve');
    await books.control.voidInvoice(contractor.realmId, second as string);
    await check(proposalId);
    await make(proposalId, { again: true });
    await idle(books, contractor);
    expect(await payments()).toEqual([]);
    expect(await inbox()).toEqual([]);
    const nextStep = 'Record the payment in QuickBooks by hand, unless it stands there already.';
    expect(await why(proposalId)).toMatchObject({ next_step: nextStep });
  });

  it('leaves a payment alone that a bookkeeper has put elsewhere', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const { session_id: session } = await openCheckout(contractor.admin, proposalId);
    await books.stripe.act('pay', { session });
    await eventually(async () => expect((await proposalOf(proposalId)).qbo_status).toBe('Paid'));
    const { qbo_invoice_id: first, customer_id: customerId } = await proposalOf(proposalId);
    const other = await anInvoicedProposal(contractor, { customerId });
    const [payment] = await payments();
    await books.control.voidInvoice(contractor.realmId, first);
    await books.control.movePayment(contractor.realmId, payment!.Id, other.invoiceId);
    const { body } = await make(proposalId, { again: true });
    await eventually(async () => {
      const [row] = await books.database.query<{ state: string }>(
        `select state from sync_operations where org_id = $1 and kind = 'payment.apply'`,
        [contractor.orgId],
      );
      expect(row!.state).toBe('refused');
    });
    expect(await check(proposalId)).toMatchObject({
      qbo_status: 'Open',
      qbo_invoice_number: body.qbo_invoice_number,
    });
    expect(await proposalOf(other.proposalId)).toMatchObject({ qbo_invoice_id: other.invoiceId });
    expect((await payments())[0]!.Line).toMatchObject([{ LinkedTxn: [{ TxnId: other.invoiceId }] }]);
  });

  it(
    'has the next number where another customer has its own, and goes to a person where the same ' +
      'customer has it',
    async () => {
      await books.control.setPreferences(contractor.realmId, {
        CustomTxnNumbers: true,
        warn_duplicate_numbers: true,
      });
      const proposalId = await anApprovedProposal(contractor);
      const stranger = await books.control.createCustomer(contractor.realmId, 'Somebody Else');
      const number = (tries: number) => `CRM-${proposalId}${tries === 1 ? '' : `-${tries}`}`;
      for (const DocNumber of [number(1), number(2)]) {
        await books.control.createInvoice(contractor.realmId, {
          customer_id: stranger.Id,
          amount: 9,
          DocNumber,
        });
      }
      expect((await make(proposalId)).body).toMatchObject({
        status: 'created',
        qbo_invoice_number: number(3),
        amount_cents: TOTAL,
      });
      expect(await inbox()).toEqual([]);

      const second = await anApprovedProposal(contractor);
      const { customer_id: id } = await proposalOf(second);
      const { body } = await contractor.admin.post(`/qbo/sync/customer/${id}`);
      await books.control.createInvoice(contractor.realmId, {
        customer_id: body.qbo_customer_id,
        amount: 9,
        DocNumber: `CRM-${second}`,
      });
      expect((await make(second)).status).toBe(409);
      expect(await inbox()).toMatchObject([{ code: 'duplicate_number' }]);
    },
  );

  it('is not sought for ever where a person linked it by hand while it was not known what became of it', async () => {
    const { proposalId } = await anInvoicedProposal(contractor);
    await books.database.query(
      `update sync_operations set state = 'uncertain', qbo_id = null, first_sent_at = now() - interval '2 hours',
              request_id = 'inv-of-a-lost-time', next_attempt_at = now()
        where org_id = $1 and kind = 'invoice.create'`,
      [contractor.orgId],
    );
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    const state = async () =>
      (
        await books.database.query<{ state: string }>(
          `select state from sync_operations where org_id = $1 and kind = 'invoice.create'`,
          [contractor.orgId],
        )
      )[0]!.state;
    await eventually(async () => expect(await state()).toBe('done'));
    expect(await inbox()).toEqual([]);
    expect(await check(proposalId)).toMatchObject({ ok: true, qbo_status: 'Open' });
  });
});
