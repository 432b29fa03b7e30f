import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  type Contractor,
  eventsOf,
  idle,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { endPauses } from '../../support/qbo.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

/** A bookkeeper found the document in QuickBooks, or typed it in, and names it: it is tied to what waited for it. */
describe('A document found by hand', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true', QBO_REQUEST_TIMEOUT_MS: '5000' });
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const open = () => openItems(contractor.admin);
  const item = async (id: number) => (await contractor.admin.get(`/inbox/${id}`)).body;
  const proposal = async (id: number) => (await contractor.admin.get(`/proposals/${id}`)).body;
  const resolve = (id: number, body: object) => contractor.admin.post(`/inbox/${id}/resolve`, body);
  const live = async (entity: 'Invoice' | 'Payment' | 'Customer') =>
    books.control.records(contractor.realmId, entity);

  /** An invoice whose answer was lost more than an hour ago: nobody knows whether it is there. */
  async function anUncertainInvoice(): Promise<{ proposalId: number; customer: string; itemId: number }> {
    const customerId = await aCustomer(contractor);
    const customer = (await contractor.admin.post(`/qbo/sync/customer/${customerId}`)).body.qbo_customer_id;
    const proposalId = await anApprovedProposal(contractor, { customerId });
    await books.control.planFault({
      operation: 'invoice.create',
      realm_id: contractor.realmId,
      kind: 'reset',
      when: 'before',
    });
    await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    await books.database.query(
      `update sync_operations set first_sent_at = now() - interval '2 hours'
        where kind = 'invoice.create' and proposal_id = $1`,
      [proposalId],
    );
    const uncertain = await eventually(async () => {
      await contractor.admin.post(`/qbo/invoice/${proposalId}`);
      const [found] = await open();
      expect(found).toMatchObject({ code: 'uncertain' });
      return found!;
    });
    return { proposalId, customer, itemId: uncertain.id };
  }

  const typeIn = async (customer: string, amount = 3750): Promise<string> =>
    (await books.control.createInvoice(contractor.realmId, { customer_id: customer, amount })).Id;

  it('becomes the invoice of the proposal, with its status, its activity and its name in the history', async () => {
    const { proposalId, customer, itemId } = await anUncertainInvoice();
    const invoice = await typeIn(customer);
    await books.control.receivePayment(contractor.realmId, invoice, { amount: 1000 });
    expect(await resolve(itemId, { qbo_invoice_id: invoice })).toMatchObject({
      status: 200,
      body: { id: itemId, state: 'resolved' },
    });
    expect(await proposal(proposalId)).toMatchObject({
      qbo_invoice_id: invoice,
      qbo_status: 'Open',
      qbo_state: 'partially_paid',
      qbo_balance_cents: 275_000,
    });
    expect(await eventsOf(contractor, proposalId)).toEqual(
      expect.arrayContaining(['invoice_created', 'invoice_partially_paid']),
    );
    const { history } = await item(itemId);
    expect(history.at(-1)).toMatchObject({ event: 'resolved', by: 'Ada Acme', qbo_id: invoice });

    expect((await contractor.admin.post(`/qbo/invoice/${proposalId}`, { again: true })).body).toMatchObject({
      status: 'exists',
      qbo_invoice_id: invoice,
    });
    expect((await live('Invoice')).filter(({ CustomerRef }) => idOf(CustomerRef) === customer)).toHaveLength(
      1,
    );
    await books.control.receivePayment(contractor.realmId, invoice);
    const check = await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    expect(check.body).toMatchObject({ ok: true, changed_to_paid: true });
  });

  it.each([
    { what: 'another customer', wrong: async () => typeIn('1'), code: 'document_differs' },
    {
      what: 'another amount',
      wrong: async (customer: string) => typeIn(customer, 3749.99),
      code: 'document_differs',
    },
    {
      what: 'nothing any more, because it was voided',
      wrong: async (customer: string) => {
        const id = await typeIn(customer);
        await books.control.voidInvoice(contractor.realmId, id);
        return id;
      },
      code: 'document_differs',
    },
    {
      what: 'nothing, because it was deleted',
      wrong: async (customer: string) => {
        const id = await typeIn(customer);
        await books.control.deleteInvoice(contractor.realmId, id);
        return id;
      },
      code: 'document_not_found',
    },
    { what: 'nothing that there ever was', wrong: async () => '987654', code: 'document_not_found' },
  ])('over $what is refused, and nothing changes', async ({ wrong, code }) => {
    const { proposalId, customer, itemId } = await anUncertainInvoice();
    const before = [await item(itemId), await proposal(proposalId), await eventsOf(contractor, proposalId)];
    const answer = await resolve(itemId, { qbo_invoice_id: await wrong(customer) });
    expect(answer).toMatchObject({ status: 409, body: { code, detail: expect.stringMatching(/\w{3}/) } });
    expect([await item(itemId), await proposal(proposalId), await eventsOf(contractor, proposalId)]).toEqual(
      before,
    );
  });

  it('is over what was sent with its tax, and nothing is left to ask about', async () => {
    const { admin, realmId } = contractor;
    await books.control.setPreferences(realmId, { PartnerTaxEnabled: false });
    await admin.patch('/org/settings', { tax_mode: 'ours', tax_percent: 10 });
    await admin.post('/qbo/preflight');
    const id = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    const deposit = (await admin.post(`/qbo/invoice/${id}`)).body.qbo_invoice_id as string;
    const { CustomerRef } = (await live('Invoice')).find(({ Id }) => Id === deposit)!;
    await books.control.planFault({
      operation: 'invoice.create',
      realm_id: realmId,
      kind: 'reset',
      when: 'before',
    });
    await admin.post(`/proposals/${id}/contract/entries/2/bill`);
    await books.database.query(
      `update sync_operations set first_sent_at = now() - interval '2 hours'
        where kind = 'invoice.create' and proposal_id = $1 and state <> 'done'`,
      [id],
    );
    await eventually(async () => {
      await admin.post(`/proposals/${id}/contract/entries/2/bill`);
      expect(await open()).toMatchObject([{ code: 'uncertain' }]);
    });
    const [uncertain] = await open();
    // 10,000.00 of work with 1,000.00 of tax, less the deposit of 3,000.00.
    const invoice = await typeIn(idOf(CustomerRef), 8_000);
    expect(await resolve(uncertain!.id, { qbo_invoice_id: invoice })).toMatchObject({ status: 200 });
    expect(await open()).toEqual([]);
  });

  it('is all there is of an invoice whose retry was put off, once its question is closed', async () => {
    const { admin, orgId, realmId } = contractor;
    await books.control.setPreferences(realmId, { BookCloseDate: '2099-12-31' });
    const proposalId = await anApprovedProposal(contractor);
    await admin.post(`/qbo/invoice/${proposalId}`);
    const [refused] = await open();
    const before = (await live('Invoice')).length;
    await books.control.setPreferences(realmId, { BookCloseDate: '2001-01-01' });
    await books.control.planFault({ operation: 'invoice.create', realm_id: realmId, kind: '429' });
    expect((await admin.post(`/inbox/${refused!.id}/retry`)).body).toMatchObject({ state: 'open' });
    expect((await resolve(refused!.id, {})).status).toBe(200);
    await endPauses(books.database);
    const due = 'update sync_operations set next_attempt_at = now() where org_id = $1';
    await books.database.query(due, [orgId]);
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    await idle(books, contractor);
    expect(await live('Invoice')).toHaveLength(before);
  });

  it('that belongs to another proposal is not taken twice', async () => {
    const first = await anUncertainInvoice();
    const invoice = await typeIn(first.customer);
    await resolve(first.itemId, { qbo_invoice_id: invoice });
    const customerId = (await proposal(first.proposalId)).customer_id as number;
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    const second = await anApprovedProposal(contractor, { customerId });
    await contractor.admin.post(`/qbo/invoice/${second}`);
    const [refused] = await open();
    expect((await resolve(refused!.id, { qbo_invoice_id: invoice })).body.code).toBe('document_taken');
    expect((await proposal(second)).qbo_invoice_id).toBeNull();
    expect(await open()).toHaveLength(1);

    const own = await typeIn(first.customer).catch(() => null); // the books are closed for it too
    expect(own).toBeNull();
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2001-01-01' });
    const entered = await typeIn(first.customer);
    expect((await resolve(refused!.id, { qbo_invoice_id: entered })).status).toBe(200);
    expect((await proposal(second)).qbo_invoice_id).toBe(entered);
  });

  it('and a retry at the same moment make one invoice out of it, whichever is first', async () => {
    const { proposalId, customer, itemId } = await anUncertainInvoice();
    const invoice = await typeIn(customer);
    const answers = await Promise.all([
      contractor.admin.post(`/inbox/${itemId}/retry`),
      resolve(itemId, { qbo_invoice_id: invoice }),
      contractor.admin.post(`/inbox/${itemId}/retry`),
    ]);
    for (const { status } of answers) expect([200, 404, 409]).toContain(status);
    await eventually(async () => expect((await proposal(proposalId)).qbo_invoice_id).not.toBeNull());
    const made = (await live('Invoice')).filter(({ CustomerRef }) => idOf(CustomerRef) === customer);
    const linked = (await proposal(proposalId)).qbo_invoice_id as string;
    // Where the retry was first, the one typed in by hand stays in QuickBooks beside it, and is refused here.
    expect(made.map(({ Id }) => Id)).toContain(linked);
    expect(made).toHaveLength(linked === invoice ? 1 : 2);
    expect(answers[1].status === 200).toBe(linked === invoice);
    expect((await eventsOf(contractor, proposalId)).filter((event) => event === 'invoice_created')).toEqual([
      'invoice_created',
    ]);
  });

  it('can be a customer, who is known by name or e-mail', async () => {
    await books.control.setSubscription(contractor.realmId, 'ended');
    const customerId = await aCustomer(contractor, { full_name: 'Eva Ott', email: 'eva@example.com' });
    await contractor.admin.post(`/qbo/sync/customer/${customerId}`);
    await books.control.setSubscription(contractor.realmId, 'active');
    const [refused] = await open();
    const stranger = await books.control.createCustomer(contractor.realmId, 'Bob Other');
    const typed = await books.control.createCustomer(contractor.realmId, 'Ott, Eva', {
      PrimaryEmailAddr: { Address: 'Eva@example.com' },
    });

    expect((await resolve(refused!.id, { qbo_customer_id: stranger.Id })).body.code).toBe('document_differs');
    expect((await resolve(refused!.id, { qbo_invoice_id: '1' })).body.code).toBe('document_of_no_use');
    expect((await resolve(refused!.id, { qbo_customer_id: typed.Id })).body.state).toBe('resolved');
    expect((await contractor.admin.get(`/customers/${customerId}`)).body.qbo_customer_id).toBe(typed.Id);
    const sync = await contractor.admin.post(`/qbo/sync/customer/${customerId}`);
    expect(sync.body).toMatchObject({ ok: true, qbo_customer_id: typed.Id });
    const named = (await live('Customer'))
      .map(({ DisplayName }) => JSON.stringify(DisplayName))
      .filter((name) => /Eva|Ott/.test(name));
    expect(named).toEqual(['"Ott, Eva"']);
  });

  it('can be the payment that was entered by hand, so that a refund finds it', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const invoice = (await contractor.admin.post(`/qbo/invoice/${proposalId}`)).body.qbo_invoice_id as string;
    const payment = await books.control.receivePayment(contractor.realmId, invoice);
    const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => expect(await open()).toMatchObject([{ code: 'invoice_settled_already' }]));
    const [settled] = await open();
    const elsewhere = (
      await books.control.createInvoice(contractor.realmId, { customer_id: '1', amount: 3750 })
    ).Id;
    const others = await books.control.receivePayment(contractor.realmId, elsewhere);

    expect((await resolve(settled!.id, { qbo_payment_id: others.Id })).body.code).toBe('document_differs');
    expect(await eventsOf(contractor, proposalId)).not.toContain('payment_recorded');
    expect((await resolve(settled!.id, { qbo_payment_id: payment.Id })).body.state).toBe('resolved');
    expect(await eventsOf(contractor, proposalId)).toEqual(expect.arrayContaining(['payment_recorded']));
    expect((await live('Payment')).filter(({ CustomerRef }) => idOf(CustomerRef) === '1')).not.toEqual([]);

    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 100_000 });
    await eventually(async () =>
      expect(await books.control.records(contractor.realmId, 'RefundReceipt')).toMatchObject([
        { TotalAmt: 1000 },
      ]),
    );
  });

  it('is one document, by an id of digits', async () => {
    const { itemId } = await anUncertainInvoice();
    expect(await resolve(itemId, { qbo_invoice_id: 'CRM-7' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'qbo_invoice_id' }] },
    });
    expect(await resolve(itemId, { qbo_invoice_id: '1', qbo_payment_id: '2' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'qbo_invoice_id' }, { field: 'qbo_payment_id' }] },
    });
    expect((await resolve(itemId, { qbo_estimate_id: '1' })).status).toBe(422);
    expect((await item(itemId)).state).toBe('open');
  });

  it('cannot be looked at without a connection, and nothing changes', async () => {
    const { proposalId, customer, itemId } = await anUncertainInvoice();
    const invoice = await typeIn(customer);
    await contractor.admin.post('/qbo/disconnect');
    expect((await resolve(itemId, { qbo_invoice_id: invoice })).body.code).toBe('qbo_not_connected');
    expect((await proposal(proposalId)).qbo_invoice_id).toBeNull();
    expect((await item(itemId)).state).toBe('open');
  });
});

function idOf(reference: unknown): string {
  return (reference as { value: string }).value;
}
