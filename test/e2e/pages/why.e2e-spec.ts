import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  idle,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { addPerson, createOrg } from '../../support/people.js';
import { aDraft, aLink } from '../../support/portal.js';
import { connect } from '../../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

/** One question, one sentence, along the way of a deposit and at each place where it can stop. */
describe('Why?', () => {
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

  const why = async (id: number) => (await contractor.admin.get(`/proposals/${id}/why`)).body;
  const whyCustomer = async (id: number) => (await contractor.admin.get(`/customers/${id}/why`)).body;

  const says = (id: number, answer: RegExp): Promise<void> =>
    eventually(async () => expect((await why(id)).answer).toMatch(answer));

  it('has an answer at every step from a lead to a paid invoice', async () => {
    const { admin } = contractor;
    const lead = await admin.post('/leads', { name: 'Roof of 9 Oak Street' });
    expect((await why(lead.body.id)).answer).toMatch(/still a lead/);
    const id = await aDraft(admin);
    expect((await why(id)).answer).toMatch(/has not been shown/);
    await aLink(admin, id);
    expect((await why(id)).answer).toMatch(/has not approved it yet/);
    await admin.post(`/proposals/${id}/approve`);
    expect((await why(id)).answer).toMatch(/no payment page was opened/);
    await openCheckout(admin, id);
    expect((await why(id)).answer).toMatch(/has not paid the deposit of \$3,673\.50 on the payment page yet/);
    await payDeposit(books, admin, id);
    await says(
      id,
      /^Invoice CRM-\d+ over \$3,673\.50 was paid in full on .+ \d{4}; \$8,571\.50 of the contract is/,
    );
    expect(await why(id)).toMatchObject({
      next_step: `When the work is due, bill it by POST /proposals/${id}/contract/entries/2/bill.`,
      facts: { invoice_state: 'paid', deposit_paid_cents: 367_350, connection: 'connected' },
    });
  });

  it('tells the day of the payment, whenever it was entered and heard of', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    const TxnDate = '2026-03-05';
    await books.control.receivePayment(contractor.realmId, invoiceId, {
      amount: 1000,
      TxnDate: '2026-03-02',
    });
    await books.control.receivePayment(contractor.realmId, invoiceId, { TxnDate });
    await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    expect((await why(proposalId)).answer).toMatch(
      /^Invoice CRM-\d+ over \$3,750\.00 was paid in full on March 5, 2026/,
    );
  });

  it('tells how the invoice stands as the bookkeeper changes it', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    const check = () => contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    expect((await why(proposalId)).answer).toMatch(/^Invoice CRM-\d+ over \$3,750\.00 is open and due by/);
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 1000 });
    await check();
    expect((await why(proposalId)).answer).toMatch(
      /\$1,000\.00 of \$3,750\.00 is paid and \$2,750\.00 is still due/,
    );
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await check();
    expect((await why(proposalId)).answer).toMatch(/was voided in QuickBooks/);
  });

  it('speaks of what the customer is to pay first, and says that more is open', async () => {
    const { admin } = contractor;
    const { proposalId } = await anInvoicedProposal(contractor);
    const entries = [{ kind: 'progress', percent: 10 }];
    await admin.put(`/proposals/${proposalId}/contract/schedule`, { entries });
    expect((await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`)).status).toBe(200);
    expect(await why(proposalId)).toMatchObject({
      answer: expect.stringMatching(
        /^Invoice CRM-\d+ over \$3,750\.00 is open and due by .+; 1 more invoice is open, over \$1,250\.00\.$/,
      ),
      facts: { others_open_cents: 125_000 },
    });
  });

  it('speaks of the deposit that a bookkeeper has to record before the invoice that is to be paid', async () => {
    const { admin } = contractor;
    await admin.patch('/org/settings', { record_payments: false });
    const { proposalId } = await anInvoicedProposal(contractor);
    await payDeposit(books, admin, proposalId);
    const entries = [{ kind: 'progress', percent: 40 }];
    await admin.put(`/proposals/${proposalId}/contract/schedule`, { entries });
    expect((await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`)).status).toBe(200);
    await says(
      proposalId,
      /^Invoice CRM-\d+ is open .+, because payments are not recorded in QuickBooks from here; 1 more invoice is/,
    );
    await idle(books, contractor); // who records it is decided by its job
    await admin.patch('/org/settings', { record_payments: true });
    expect(await why(proposalId)).toMatchObject({
      answer: expect.stringMatching(
        / it came while payments were not recorded in QuickBooks from here; 1 more /,
      ),
      next_step: 'Record the payment in QuickBooks.',
    });
  });

  it('names the refusal and the next step of the inbox', async () => {
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    const id = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, id);
    await says(id, /deposit of \$3,750\.00 was paid on .+, but the invoice was refused: /);
    const [item] = await openItems(contractor.admin);
    // A job that was queued twice asks once more; the refusal is the answer again when it is over.
    await eventually(async () => expect((await why(id)).next_step).toBe(item!.next_step));
  });

  it('says that an answer was lost, since when, and when it is looked for', async () => {
    const id = await anApprovedProposal(contractor);
    await books.control.planFault({
      operation: 'invoice.create',
      realm_id: contractor.realmId,
      kind: 'timeout',
      when: 'before',
    });
    await contractor.admin.post(`/qbo/invoice/${id}`);
    expect(await why(id)).toMatchObject({
      answer: expect.stringMatching(
        /^QuickBooks did not answer when the invoice was sent on .+; it is looked for by itself/,
      ),
      facts: { invoice_operation: { state: 'uncertain' } },
    });
  });

  it('never says that nothing is to do while the inbox asks about money that came twice', async () => {
    const { admin, realmId } = contractor;
    const { proposalId: id, invoiceId } = await anInvoicedProposal(contractor);
    const { session_id: session } = await openCheckout(admin, id);
    await books.control.receivePayment(realmId, invoiceId);
    await books.stripe.act('pay', { session });
    const items = () => openItems(admin);
    await eventually(async () => expect(await items()).toMatchObject([{ code: 'invoice_settled_already' }]));
    const [item] = await items();
    const asked = await why(id);
    expect(asked.answer).toMatch(
      /was paid in full on .+; a person has to decide: The payment of .+ not recorded/,
    );
    expect(asked.next_step).toContain(item!.next_step);
    expect(asked.facts).toMatchObject({ inbox_code: 'invoice_settled_already', inbox_open: 1 });
    await admin.post(`/inbox/${item!.id}/dismiss`);
    const dismissed = await why(id);
    expect(dismissed.answer).toMatch(/; \$3,750\.00 more than the invoice comes to is with us\.$/);
    expect(dismissed.next_step).toMatch(/^Refund/);
    expect(dismissed.facts.excess_cents).toBe(375_000);
  });

  it('names what the inbox asks about an invoice that was changed in QuickBooks', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 999 });
    await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    const [item] = await openItems(contractor.admin);
    expect(item!.code).toBe('invoice_drift');
    expect((await why(proposalId)).next_step).toBe(item!.next_step);
  });

  it('says what a deposit waits for: a connection, a new consent, or the start date', async () => {
    const { orgId, admin } = await createOrg(books.app);
    const { realm_id: realmId } = await books.control.createCompany({
      name: 'Late Roofing',
      fixtures: 'sales',
    });
    contractor = { orgId, admin, realmId };
    const id = await anApprovedProposal(contractor);
    await payDeposit(books, admin, id);
    await says(id, /was paid on .+, but QuickBooks is not connected\.$/);
    await admin.patch('/org/settings', { invoices_from: '2099-01-01' });
    await connect(books.app, admin, { realmId });
    const old = await anApprovedProposal(contractor);
    await payDeposit(books, admin, old);
    await says(old, /before the day from which invoices are made here, January 1, 2099/);

    await books.database.query(`update qbo_tokens set state = 'needs_reauth' where org_id = $1`, [orgId]);
    await admin.patch('/org/settings', { invoices_from: null });
    expect((await why(old)).answer).toMatch(/QuickBooks has to be connected again since/);
    expect((await why(old)).next_step).toMatch(/\/qbo\/oauth\/start/);
  });

  it('answers for customers: skipped, not needed, synced, changed, refused', async () => {
    const id = await aCustomer(contractor);
    expect((await whyCustomer(id)).answer).toMatch(/nothing has needed it there yet/);
    await contractor.admin.post(`/qbo/sync/customer/${id}`);
    expect((await whyCustomer(id)).answer).toMatch(/^This customer is in QuickBooks and was last synced on/);
    await contractor.admin.patch(`/customers/${id}`, { phone: '555-0199' });
    expect((await whyCustomer(id)).answer).toMatch(/was changed here since/);

    const stranger = await createOrg(books.app, 'Rival Roofing');
    const theirs = await stranger.admin.post('/customers', { email: 'bo@example.com' });
    const answer = await stranger.admin.get(`/customers/${theirs.body.id}/why`);
    expect(answer.body.answer).toBe(
      'This customer is not in QuickBooks, because QuickBooks is not connected.',
    );
  });

  it('of a customer says that the record in the currency of its invoice is not there yet', async () => {
    const id = await aCustomer(contractor);
    await contractor.admin.post(`/qbo/sync/customer/${id}`);
    await books.database.query(
      `insert into sync_operations (org_id, realm_id, kind, entity_id, generation, request_id, payload, state, attempts,
              first_sent_at, next_attempt_at)
       values ($1, $2, 'customer.currency', $3::int, 1, 'cur-' || $3, '{"currency": "EUR", "displayName": "Ann (EUR)"}',
               'uncertain', 1, now(), now() + interval '1 hour')`,
      [contractor.orgId, contractor.realmId, id],
    );
    expect((await whyCustomer(id)).answer).toContain('the customer in the currency of the invoice');
  });

  it('is open to everybody who may read, and to no other organisation', async () => {
    const id = await anApprovedProposal(contractor);
    const customer = await aCustomer(contractor);
    const viewer = await addPerson(books.app, contractor.orgId, ['viewer']);
    expect((await viewer.get(`/proposals/${id}/why`)).status).toBe(200);
    expect((await viewer.get(`/customers/${customer}/why`)).status).toBe(200);
    const { admin: stranger } = await createOrg(books.app, 'Rival Roofing');
    expect((await stranger.get(`/proposals/${id}/why`)).status).toBe(404);
    expect((await stranger.get(`/customers/${customer}/why`)).status).toBe(404);
  });
});
