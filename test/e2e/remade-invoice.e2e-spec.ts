import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  beginsWith,
  type Contractor,
  eventsOf,
} from '../support/books.js';
import { DueJobsService } from '../../src/jobs/due-jobs.service.js';
import { eventually } from '../support/eventually.js';
import { metric } from '../support/metrics.js';
import { type BooksWithStripe, openCheckout, startBooksWithStripe } from '../support/stripe.js';

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
  const proposal = async (id: number) => (await contractor.admin.get(`/proposals/${id}`)).body;
  const inbox = async () => (await contractor.admin.get('/inbox')).body.items;
  const why = async (id: number) => (await contractor.admin.get(`/proposals/${id}/why`)).body;
  const invoices = async () => books.control.records(contractor.realmId, 'Invoice');
  const payments = async () =>
    (await books.control.records(contractor.realmId, 'Payment')).filter((one) =>
      beginsWith(one.PrivateNote, 'crm:'),
    );
  const inTime = (fact: () => Promise<void>) => eventually(fact, 20_000);

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

      expect(await proposal(proposalId)).toMatchObject({
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

  it('is told of as the next step of one that is gone', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await check(proposalId);
    expect((await why(proposalId)).next_step).toContain(
      `POST /qbo/invoice/${proposalId} with {"again": true}`,
    );
  });

  it('is not made of a proposal that was cancelled since', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await check(proposalId);
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

  it('has the payment that was on the one before put on it', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const { session_id: session } = await openCheckout(contractor.admin, proposalId);
    await books.stripe.act('pay', { session });
    await inTime(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
    const first = (await proposal(proposalId)).qbo_invoice_id as string;
    await books.control.voidInvoice(contractor.realmId, first);
    await check(proposalId);
    expect(await payments()).toMatchObject([{ UnappliedAmt: 3_750 }]);

    const { body } = await make(proposalId, { again: true });
    expect(body).toMatchObject({ status: 'created', amount_cents: TOTAL });
    await inTime(async () =>
      expect(await proposal(proposalId)).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: TOTAL }),
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

  it('takes the deposit that found its invoice gone', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    const { session_id: session } = await openCheckout(contractor.admin, proposalId);
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await books.stripe.act('pay', { session });
    await inTime(async () =>
      expect((await inbox()).map((one: { code: string }) => one.code)).toContain('invoice_gone'),
    );
    await make(proposalId, { again: true });
    await inTime(async () => {
      expect(await proposal(proposalId)).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: TOTAL });
      expect((await inbox()).map((one: { code: string }) => one.code)).not.toContain('invoice_gone');
    });
    expect(await payments()).toHaveLength(1);
  });

  it('leaves a payment alone that a bookkeeper has put elsewhere', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const { session_id: session } = await openCheckout(contractor.admin, proposalId);
    await books.stripe.act('pay', { session });
    await inTime(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
    const { qbo_invoice_id: first, customer_id: customerId } = await proposal(proposalId);
    const other = await anInvoicedProposal(contractor, { customerId });
    const [payment] = await payments();
    await books.control.voidInvoice(contractor.realmId, first);
    await books.control.movePayment(contractor.realmId, payment!.Id, other.invoiceId);
    const { body } = await make(proposalId, { again: true });
    await inTime(async () => {
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
    expect(await proposal(other.proposalId)).toMatchObject({ qbo_invoice_id: other.invoiceId });
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
      const { customer_id: id } = await proposal(second);
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
    await inTime(async () => expect(await state()).toBe('done'));
    expect(await inbox()).toEqual([]);
    expect(await check(proposalId)).toMatchObject({ ok: true, qbo_status: 'Open' });
  });
});
