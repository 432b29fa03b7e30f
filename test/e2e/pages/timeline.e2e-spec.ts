import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aContractor, anApprovedProposal, type Contractor } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { addPerson, createOrg } from '../../support/people.js';
import { aDraft, aLink, openPage, sendForm, versionIn } from '../../support/portal.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

interface Item {
  at: string;
  event: string;
  source: string;
  request_id: string | null;
  intuit_tid: string | null;
  before: object | null;
  after: object | null;
}

/** What happened to a proposal, for whoever has to explain it. */
describe('The timeline of a proposal', () => {
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

  const timeline = async (id: number): Promise<Item[]> =>
    (await contractor.admin.get<{ items: Item[] }>(`/proposals/${id}/timeline`)).body.items;

  const paid = (id: number): Promise<void> =>
    eventually(async () => {
      expect((await contractor.admin.get(`/proposals/${id}`)).body.qbo_status).toBe('Paid');
    });

  it(
    'tells the whole way of a deposit, from the link to paid, each step once, with the ids to ask ' +
      'vendors by',
    async () => {
      const id = await aDraft(contractor.admin);
      const link = await aLink(contractor.admin, id);
      const { html } = await openPage(books.app, link.path);
      await sendForm(books.app, `${link.path}/approve`, { name: 'Maria Ruiz', version: versionIn(html) });
      await payDeposit(books, contractor.admin, id);
      await paid(id);

      const items = await timeline(id);
      const names = items.map(({ event }) => event);
      expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
      const way = [
        'link_created',
        'view',
        'approve',
        'checkout_created',
        'checkout.session.completed',
        'payment_success',
        'invoice_requested',
        'customer_requested',
        'customer_created',
        'invoice_created',
        'payment_recorded',
        'invoice_paid',
      ];
      expect(names.filter((name) => way.includes(name))).toEqual(way);
      expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).toSorted());

      const step = (event: string): Item => items.find((item) => item.event === event)!;
      expect(step('approve')).toMatchObject({
        source: 'customer',
        before: { status: 'draft' },
        after: { status: 'approved' },
      });
      expect(step('checkout.session.completed').request_id).toMatch(/^evt_/);
      expect(step('payment_success')).toMatchObject({ source: 'stripe', before: { deposit_paid_cents: 0 } });
      expect(step('invoice_requested').source).toBe('crm');
      expect(step('invoice_created').request_id).toBe(step('invoice_requested').request_id);
      expect(step('payment_recorded').request_id).toMatch(/^pay-/);
      expect(step('customer_created').request_id).toMatch(/^cust-/);
      for (const event of ['customer_created', 'invoice_created', 'payment_recorded']) {
        expect(step(event)).toMatchObject({ source: 'quickbooks', intuit_tid: expect.stringMatching(/./) });
      }
      expect(step('invoice_paid')).toMatchObject({
        before: { qbo_state: 'open' },
        after: { qbo_state: 'paid' },
      });
    },
  );

  it('tells of a refusal, what stood in the inbox, and how it came right', async () => {
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    const id = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, id);
    const inbox = () => openItems(contractor.admin);
    await eventually(async () => expect(await inbox()).toHaveLength(1));
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2001-01-01' });
    await contractor.admin.post(`/inbox/${(await inbox())[0]!.id}/retry`);
    await paid(id);

    const items = await timeline(id);
    const names = items.map(({ event }) => event);
    const way = ['invoice_refused', 'inbox_opened', 'invoice_created', 'inbox_resolved', 'invoice_paid'];
    expect(names.filter((name) => way.includes(name))).toEqual(way);
    const refused = items.find(({ event }) => event === 'invoice_refused');
    expect(refused).toMatchObject({ source: 'quickbooks', intuit_tid: expect.stringMatching(/./) });
    expect(items.find(({ event }) => event === 'inbox_opened')).toMatchObject({
      source: 'inbox',
      after: { state: 'open', code: 'books_closed' },
    });
  });

  it('has no step that did not happen: a proposal that was never paid ends at the open payment page', async () => {
    const id = await anApprovedProposal(contractor);
    await openCheckout(contractor.admin, id);
    expect((await timeline(id)).map(({ event }) => event)).toEqual(['approve', 'checkout_created']);
  });

  it("tells of the customer's record in the currency of the invoice, and of no other currency", async () => {
    const id = await anApprovedProposal(contractor);
    const { customer_id: customerId } = (await contractor.admin.get(`/proposals/${id}`)).body;
    for (const [index, currency] of ['USD', 'EUR'].entries()) {
      await books.database.query(
        `insert into sync_operations (org_id, realm_id, kind, entity_id, generation, request_id, payload, state,
                next_attempt_at, updated_at, qbo_id)
         values ($1, $2, 'customer.currency', $3, $4, $5, jsonb_build_object('currency', $5::text), 'done', now(),
                 now() + interval '1 second', '4715')`,
        [contractor.orgId, contractor.realmId, customerId, index + 1, currency],
      );
    }
    const steps = (await timeline(id)).filter(({ event }) => event.startsWith('customer_currency'));
    expect(steps.map(({ event, request_id }) => [event, request_id])).toEqual([
      ['customer_currency_requested', 'USD'],
      ['customer_currency_done', 'USD'],
    ]);
  });

  it('is open to everybody who may read, and to no other organisation', async () => {
    const id = await anApprovedProposal(contractor);
    const viewer = await addPerson(books.app, contractor.orgId, ['viewer']);
    expect((await viewer.get(`/proposals/${id}/timeline`)).status).toBe(200);
    const { admin: stranger } = await createOrg(books.app, 'Rival Roofing');
    expect((await stranger.get(`/proposals/${id}/timeline`)).status).toBe(404);
    expect((await contractor.admin.get('/proposals/999999/timeline')).status).toBe(404);
    expect((await contractor.admin.get('/proposals/x/timeline')).status).toBe(400);
  });
});
