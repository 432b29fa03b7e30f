import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { PaymentPreparationService } from '../../../src/qbo-sync/push/payments/payment-preparation.service.js';
import { PaymentWorkerService } from '../../../src/qbo-sync/push/payments/payment-worker.service.js';
import { RefundQuestionsService } from '../../../src/qbo-sync/push/payments/refunds/refund-questions.service.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  eventsOf,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore } from '../../support/hold.js';
import { openCodes, openItems } from '../../support/inbox.js';
import { aLink, openPage } from '../../support/portal.js';
import { connect, endPauses } from '../../support/qbo.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

const CHECKOUT = '/payments/checkout_session';
const TOTAL = { amountCents: 100_000 };

describe('A customer', () => {
  let books: BooksWithStripe;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  /** A payment that comes while another company is connected, which has an invoice of the same id. */
  const paidElsewhere = async (contractor: Contractor): Promise<{ other: string; before: number }> => {
    const { admin, realmId, orgId } = contractor;
    const { control, app, stripe, database } = books;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
    const { body } = await admin.post(CHECKOUT, { proposal_id: proposalId });
    const before = (await control.records(realmId, 'Payment')).length;
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    const { Id: customer_id } = await control.createCustomer(other, 'Walk-in');
    const numbered = async () => (await control.createInvoice(other, { customer_id, amount: 5_000 })).Id;
    while (Number(await numbered()) < Number(invoiceId));
    await connect(app, admin, { realmId: other, replaceCompany: true });
    await stripe.act('pay', { session: body.session_id });
    await eventually(async () => {
      const operations = await database.query(
        `select state, error_kind from sync_operations where org_id = $1 and kind = 'payment.create'`,
        [orgId],
      );
      expect(operations).toEqual([{ state: 'refused', error_kind: 'invoice_gone' }]);
    });
    return { other, before };
  };

  it('who pays while another company is connected pays no invoice of it, and their own once it is back', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const { control, app } = books;
    const { other, before } = await paidElsewhere(contractor);
    expect(await control.records(other, 'Payment')).toEqual([]);
    const { items } = (await admin.get('/inbox')).body as { items: { code: string; next_step: string }[] };
    expect(items.find(({ code }) => code === 'invoice_gone')!.next_step).toMatch(/^Connect the company/);
    await connect(app, admin, { realmId, replaceCompany: true });
    await eventually(async () => expect(await control.records(realmId, 'Payment')).toHaveLength(before + 1));
    await eventually(async () => expect(await openItems(admin)).toEqual([]));
  });

  it('whose payment is taken up again is not said to be in another company while it waits', async () => {
    const contractor = await aContractor(books);
    const { admin, orgId, realmId } = contractor;
    const { app, control, database } = books;
    const { before } = await paidElsewhere(contractor);
    const prepared = holdBefore(app.app.get(PaymentPreparationService), 'prepare');
    await connect(app, admin, { realmId, replaceCompany: true });
    await prepared.made;
    const [row] = await database.query<{ proposal: number; detail: string | null }>(
      `select proposal_id as proposal, error_detail as detail from sync_operations
        where org_id = $1 and kind = 'payment.create'`,
      [orgId],
    );
    expect(row).toMatchObject({ detail: null });
    // What a person closes would hold the payment back.
    await database.query(
      `update inbox_items set state = 'resolved', closed_at = now() where org_id = $1 and state = 'open'`,
      [orgId],
    );
    const { answer } = (await admin.get(`/proposals/${row!.proposal}/why`)).body as { answer: string };
    expect(answer).not.toContain('another company');
    prepared.letGo();
    await eventually(async () => expect(await control.records(realmId, 'Payment')).toHaveLength(before + 1));
  });

  it('who pays as their company is connected again is asked about nothing, and has paid', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const { control, app, stripe } = books;
    const { proposalId } = await anInvoicedProposal(contractor, TOTAL);
    const { body } = await admin.post(CHECKOUT, { proposal_id: proposalId });
    const before = (await control.records(realmId, 'Payment')).length;
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    const prepared = holdBefore(app.app.get(PaymentPreparationService), 'prepare');
    await stripe.act('pay', { session: body.session_id });
    await prepared.made;
    await connect(app, admin, { realmId, replaceCompany: true });
    prepared.letGo();
    await eventually(async () => expect(await control.records(realmId, 'Payment')).toHaveLength(before + 1));
    // A second worker may have asked before the company was connected, and that closes with the record here.
    await eventually(async () => expect(await openItems(admin)).toEqual([]));
    expect(await control.records(other, 'Payment')).toEqual([]);
  });

  it('whose payment was put off as another company was connected is asked about, and has paid at last', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId, orgId } = contractor;
    const { control, app, stripe, database } = books;
    const { proposalId } = await anInvoicedProposal(contractor, TOTAL);
    const { body } = await admin.post(CHECKOUT, { proposal_id: proposalId });
    const before = (await control.records(realmId, 'Payment')).length;
    await control.planFault({ operation: 'payment.create', realm_id: realmId, kind: '429' });
    await stripe.act('pay', { session: body.session_id });
    const state = async () => {
      const [operation] = await database.query<{ state: string }>(
        `select state from sync_operations where org_id = $1 and kind = 'payment.create'`,
        [orgId],
      );
      return operation?.state;
    };
    await eventually(async () => expect(await state()).toBe('ready'));
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    await database.query('update sync_operations set next_attempt_at = now() where org_id = $1', [orgId]);
    const codes = () => openCodes(admin);
    await eventually(async () => {
      await app.app.get(DueJobsService).enqueueDue('sync_operations');
      expect(await codes()).toEqual(['invoice_gone']);
    });
    expect(await control.records(other, 'Payment')).toEqual([]);
    await endPauses(database);
    await connect(app, admin, { realmId, replaceCompany: true });
    await eventually(async () => expect(await control.records(realmId, 'Payment')).toHaveLength(before + 1));
    await eventually(async () => expect(await codes()).toEqual([]));
  });

  it('whose payment was never answered is asked about in another company, until their own is back', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId, orgId } = contractor;
    const { app, control, stripe, database } = books;
    const { proposalId } = await anInvoicedProposal(contractor, TOTAL);
    const { body } = await admin.post(CHECKOUT, { proposal_id: proposalId });
    const before = (await control.records(realmId, 'Payment')).length;
    const lost = { kind: 'reset', realm_id: realmId } as const;
    await control.planFault({ ...lost, operation: 'payment.create', when: 'after' });
    await control.planFault({ ...lost, operation: 'payment.query', times: 20 });
    await stripe.act('pay', { session: body.session_id });
    const payment = await eventually(async () => {
      const [sent] = await database.query<{ id: number }>(
        `update sync_operations set next_attempt_at = now()
          where org_id = $1 and kind = 'payment.create' and state = 'uncertain' returning entity_id as id`,
        [orgId],
      );
      return sent!.id;
    });
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    await eventually(async () => {
      await app.app.get(PaymentWorkerService).goOn({ orgId, paymentId: payment });
      expect(await openItems(admin)).toMatchObject([
        {
          code: 'uncertain',
          next_step: expect.stringMatching(/^Connect the company that was connected before/),
        },
      ]);
    });
    expect(await control.records(other, 'Payment')).toEqual([]);

    await control.clearFaults();
    await endPauses(database);
    await connect(app, admin, { realmId, replaceCompany: true });
    await eventually(async () => expect(await openItems(admin)).toEqual([]));
    expect(await control.records(realmId, 'Payment')).toHaveLength(before + 1);
    expect(await eventsOf(contractor, proposalId)).toContain('payment_recorded');
  });

  it('whose payment a person wants beside another is not asked about twice, as its company comes back', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId, orgId } = contractor;
    const { control, app, database } = books;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
    await control.receivePayment(realmId, invoiceId);
    await payDeposit(books, admin, proposalId);
    const items = () => openItems(admin);
    const asked = (code: string) =>
      eventually(async () => {
        await app.app.get(DueJobsService).enqueueDue('sync_operations');
        expect(await items()).toMatchObject([{ code }]);
      });
    await asked('invoice_settled_already');
    const before = (await control.records(realmId, 'Payment')).length;
    await control.planFault({ operation: 'payment.create', realm_id: realmId, kind: '429' });
    const [item] = await items();
    expect((await admin.post(`/inbox/${item!.id}/retry`)).body).toMatchObject({ state: 'open' });
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    await database.query('update sync_operations set next_attempt_at = now() where org_id = $1', [orgId]);
    await asked('invoice_gone');
    await endPauses(database);
    await connect(app, admin, { realmId, replaceCompany: true });
    await eventually(async () => expect(await control.records(realmId, 'Payment')).toHaveLength(before + 1));
  });

  it('who pays an invoice that is void is asked about once, however often its company is connected', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId, orgId } = contractor;
    const { control, app, stripe, database } = books;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
    const { body } = await admin.post(CHECKOUT, { proposal_id: proposalId });
    await control.voidInvoice(realmId, invoiceId);
    await stripe.act('pay', { session: body.session_id });
    const payment = () =>
      database.query(
        `select state, error_kind, updated_at from sync_operations where org_id = $1 and kind = 'payment.create'`,
        [orgId],
      );
    await eventually(async () =>
      expect(await payment()).toMatchObject([{ state: 'refused', error_kind: 'invoice_gone' }]),
    );
    await pollCompany(books, contractor);
    const items = await openItems(admin);
    expect(items).toMatchObject([{ code: 'invoice_gone' }]);
    const asked = await payment();
    await connect(app, admin, { realmId });
    await idle(books, contractor);
    expect(await payment()).toEqual(asked);
  });

  it('who has a credit in the books of the company before pays all that is billed in this one', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const { control, app } = books;
    const { proposalId: id, invoiceId } = await anInvoicedProposal(contractor, { amountCents: 1_000_000 });
    const bill = (entry: number) => admin.post(`/proposals/${id}/contract/entries/${entry}/bill`);
    const final = (await bill(2)).body.invoice.qbo_invoice_id as string;
    for (const one of [invoiceId, final]) await control.receivePayment(realmId, one);
    await pollCompany(books, contractor);
    const change = async (number: number, unit_price_cents: number): Promise<void> => {
      const lines = [{ description: 'Gutter', quantity: 1, unit_price_cents }];
      await admin.post(`/proposals/${id}/change-orders`, { description: 'Gutter', lines });
      const path = `/proposals/${id}/change-orders/${number}/approve`;
      expect((await admin.post(path, { reason: 'Agreed' })).status).toBe(200);
    };
    await change(1, -60_000);
    await eventually(async () => expect(await openItems(admin)).toMatchObject([{ code: 'credit_left' }]));
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    await change(2, 50_000);
    expect((await bill(3)).body).toMatchObject({ invoice: { total_cents: 50_000 } });
    await idle(books, contractor);
    const { body } = await admin.post(CHECKOUT, { proposal_id: id });
    expect(body).toMatchObject({ amount_cents: 50_000 });
    const page = await openPage(app, (await aLink(admin, id)).path);
    const text = page.html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(text).toContain('Your credit $600.00');
    expect(text).toContain('Remaining $500.00');
  });

  it('who is credited while another company is connected is so in the books of their invoices alone', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const { control, app } = books;
    const { proposalId: id } = await anInvoicedProposal(contractor, { amountCents: 1_000_000 });
    expect((await admin.post(`/proposals/${id}/contract/entries/2/bill`)).status).toBe(200);
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    const lines = [{ description: 'Less', quantity: 1, unit_price_cents: -60_000 }];
    await admin.post(`/proposals/${id}/change-orders`, { description: 'Less', lines });
    await admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Agreed' });
    const codes = () => openCodes(admin);
    await eventually(async () => expect(await codes()).toEqual(['credit_elsewhere']));
    expect(await control.records(other, 'CreditMemo')).toEqual([]);
    // It is a question about money of the month, and not a second thing beside it.
    const [{ month } = { month: '' }] = await books.database.query<{ month: string }>(
      `select to_char(now() at time zone time_zone, 'YYYY-MM') as month from org_settings where org_id = $1`,
      [contractor.orgId],
    );
    const { checks } = (await admin.get(`/periods/${month}`)).body as {
      checks: { code: string; ok: boolean }[];
    };
    const open = checks.filter(({ ok }) => !ok).map(({ code }) => code);
    expect(open).toContain('money_in_inbox');
    expect(open).not.toContain('writes_under_way');

    await connect(app, admin, { realmId, replaceCompany: true });
    await eventually(async () => {
      const { items } = (await admin.get(`/invoices?proposal_id=${id}&kind=final`)).body;
      expect(items).toMatchObject([{ balance_cents: 640_000 }]);
    });
    await eventually(async () => expect(await codes()).toEqual([]));
    // The question was closed before anything was sent: nobody is left with the promise that nothing is made.
    const [order] = await books.database.query<{ closedFirst: boolean }>(
      `select n.closed_at <= o.first_sent_at as "closedFirst"
         from sync_operations o join inbox_items n on n.org_id = o.org_id and n.subject = o.kind || ':' || o.entity_id
        where o.org_id = $1 and o.kind = 'credit.create'`,
      [contractor.orgId],
    );
    expect(order).toEqual({ closedFirst: true });
  });

  it('whose credit waits for the company of an open invoice is refunded in another with no question', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const { control, app, stripe } = books;
    const id = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    const { paymentIntentId } = await payDeposit(books, admin, id);
    await idle(books, contractor);
    const receipts = (await control.records(realmId, 'RefundReceipt')).length;
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    expect((await admin.post(`/proposals/${id}/contract/entries/2/bill`)).status).toBe(200);
    await idle(books, contractor);
    await connect(app, admin, { realmId, replaceCompany: true });
    const lines = [{ description: 'Less', quantity: 1, unit_price_cents: -60_000 }];
    await admin.post(`/proposals/${id}/change-orders`, { description: 'Less', lines });
    await admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Agreed' });
    const codes = () => openCodes(admin);
    await eventually(async () => expect(await codes()).toEqual(['credit_elsewhere']));
    const page = await openPage(app, (await aLink(admin, id)).path);
    const text = page.html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(text).not.toContain('Your credit');
    expect(text).toContain('Remaining $6,400.00');
    expect((await admin.post(CHECKOUT, { proposal_id: id })).body).toMatchObject({ amount_cents: 640_000 });

    await stripe.act('refund', { payment_intent: paymentIntentId, amount: 10_000 });
    await eventually(async () =>
      expect(await control.records(realmId, 'RefundReceipt')).toHaveLength(receipts + 1),
    );
    expect(await codes()).toEqual(['credit_elsewhere']);
  });

  it('whose such payment a person has seen to does not pay once more when the company is back', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const { before } = await paidElsewhere(contractor);
    const { items } = (await admin.get('/inbox')).body as { items: { id: number; code: string }[] };
    const { id } = items.find(({ code }) => code === 'invoice_gone')!;
    expect((await admin.post(`/inbox/${id}/resolve`, {})).body).toMatchObject({ state: 'resolved' });
    await connect(books.app, admin, { realmId, replaceCompany: true });
    await idle(books, contractor);
    expect(await books.control.records(realmId, 'Payment')).toHaveLength(before);
  });

  it('who is refunded while another company is connected has a receipt in their own books alone', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const { control, app, stripe } = books;
    const id = await anApprovedProposal(contractor, TOTAL);
    const { paymentIntentId } = await payDeposit(books, admin, id);
    await idle(books, contractor);
    const paymentId = (await control.records(realmId, 'Payment')).at(-1)!.Id;
    const receipts = (await control.records(realmId, 'RefundReceipt')).length;
    const { realm_id: other } = await control.createCompany({ name: 'Another with payments' });
    const { Id: customer_id } = await control.createCustomer(other, 'Walk-in');
    let last = '0';
    while (Number(last) < Number(paymentId) - 1)
      last = (await control.createInvoice(other, { customer_id, amount: 5_000 })).Id;
    expect((await control.receivePayment(other, last)).Id).toBe(paymentId);
    await connect(app, admin, { realmId: other, replaceCompany: true });
    await stripe.act('refund', { payment_intent: paymentIntentId, amount: 10_000 });
    const codes = () => openCodes(admin);
    await eventually(async () => expect(await codes()).toEqual(['payment_elsewhere']));
    expect(await control.records(other, 'RefundReceipt')).toEqual([]);
    const earned = async () => (await admin.get('/reports/revenue')).body.totals;
    expect(await earned()).toMatchObject([{ earned_cents: 30_000 - 10_000 }]);

    await connect(app, admin, { realmId, replaceCompany: true });
    await eventually(async () =>
      expect(await control.records(realmId, 'RefundReceipt')).toHaveLength(receipts + 1),
    );
    await eventually(async () => expect(await codes()).toEqual([]));
    expect(await earned()).toMatchObject([{ earned_cents: 30_000 - 10_000 }]);

    // Whoever is about to ask as its company is connected again asks nothing.
    await connect(app, admin, { realmId: other, replaceCompany: true });
    const asked = holdBefore(app.app.get(RefundQuestionsService), 'askForElsewhere');
    await stripe.act('refund', { payment_intent: paymentIntentId, amount: 5_000 });
    await asked.made;
    await connect(app, admin, { realmId, replaceCompany: true });
    asked.letGo();
    await eventually(async () =>
      expect(await control.records(realmId, 'RefundReceipt')).toHaveLength(receipts + 2),
    );
    expect(await codes()).toEqual([]);
  });

  /** Another company of the contractor, in which each of these ids is of somebody else's document. */
  const anotherWith = async (ids: readonly string[]): Promise<string> => {
    const { control } = books;
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    const { Id: customer_id } = await control.createCustomer(other, 'Walk-in');
    const { Id: invoiceId } = await control.createInvoice(other, { customer_id, amount: 5_000 });
    let newest = invoiceId;
    while (ids.some((id) => Number(newest) < Number(id)))
      newest = (await control.receivePayment(other, invoiceId, { amount: 10 })).Id;
    return other;
  };

  it('who pays meanwhile, where the bookkeeper enters payments, owed it: the other books say nothing', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    await admin.patch('/org/settings', { record_payments: false });
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
    const { body } = await admin.post(CHECKOUT, { proposal_id: proposalId });
    const other = await anotherWith([invoiceId]);
    await connect(books.app, admin, { realmId: other, replaceCompany: true });
    await books.stripe.act('pay', { session: body.session_id });
    await eventually(async () => {
      const { deposit_paid_cents } = (await admin.get(`/proposals/${proposalId}`)).body;
      expect(deposit_paid_cents).toBe(30_000);
    });
    await idle(books, contractor);
    expect(await openItems(admin)).toEqual([]);
    await connect(books.app, admin, { realmId, replaceCompany: true });
    await idle(books, contractor);
    expect(await openItems(admin)).toEqual([]);
  });

  it('whose question is about one company keeps it, whatever has the same id in another', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const { control, app } = books;
    const { proposalId: first, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
    const { customer_id: customerId } = (await admin.get(`/proposals/${first}`)).body;
    const cheque = await control.receivePayment(realmId, invoiceId, { amount: 123, unapplied: true });
    await pollCompany(books, contractor);
    const other = await anotherWith([cheque.Id]);
    await connect(app, admin, { realmId: other, replaceCompany: true });
    const { invoiceId: there } = await anInvoicedProposal(contractor, { ...TOTAL, customerId });
    await pollCompany(books, contractor);

    // Ours of the same id in the first company.
    await connect(app, admin, { realmId, replaceCompany: true });
    const { Id: customer_id } = await control.createCustomer(realmId, 'Walk-in');
    let newest = cheque.Id;
    while (Number(newest) < Number(there) - 1)
      newest = (await control.createInvoice(realmId, { customer_id, amount: 5_000 })).Id;
    const { invoiceId: here } = await anInvoicedProposal(contractor, { ...TOTAL, customerId });
    expect(here).toBe(there);
    await control.editInvoice(realmId, here, { TxnDate: '2026-01-02' });
    await pollCompany(books, contractor);
    const items = async () => (await openItems(admin)).map(({ id, code, reason }) => ({ id, code, reason }));
    const asked = await items();
    expect(asked.map(({ code }) => code).toSorted()).toEqual(['invoice_drift', 'payment_on_account']);

    await connect(app, admin, { realmId: other, replaceCompany: true });
    const own = (await control.records(other, 'Invoice')).find(({ Id }) => Id === there)!;
    await control.editInvoice(other, there, { TxnDate: '2026-01-03' });
    await pollCompany(books, contractor);
    expect(await items()).toHaveLength(3);
    await control.editInvoice(other, there, { TxnDate: own.TxnDate });
    await pollCompany(books, contractor);
    expect(await items()).toEqual(asked);
  });
});
