import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { StripeClient } from '../../../src/payments/checkout/stripe.client.js';
import { anApprovedProposal, type Contractor, eventsOf } from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { addPerson, anyone, createOrg, type Person, someEmail } from '../../support/people.js';
import { fieldsOf } from '../../support/problem.js';
import {
  type BooksWithStripe,
  openCheckout,
  outcomeOf,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

const PATH = '/payments/checkout_session';

describe('A checkout page', () => {
  const clock = new FakeClock(new Date());
  let books: BooksWithStripe;
  let seller: Contractor;
  let admin: Person;

  beforeAll(async () => {
    books = await startBooksWithStripe({ PORTAL_PUBLIC_URL: 'https://portal.acme.test/p' }, clock);
    seller = { ...(await createOrg(books.app)), realmId: '' };
    ({ admin } = seller);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const sessionsOf = (proposalId: number) =>
    books.database.query<Record<string, unknown>>(
      'select * from checkout_sessions where proposal_id = $1 order by id',
      [proposalId],
    );

  const inCurrency = async (currency: string, cents: number): Promise<number> => {
    await admin.patch('/org/settings', { currency });
    const customer = await admin.post('/customers', { email: someEmail() });
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: cents }];
    const body = { name: 'Roof', customer_id: customer.body.id, lines };
    const { id } = (await admin.post('/proposals', body)).body;
    await admin.post(`/proposals/${id}/approve`);
    return id;
  };

  it('asks for the deposit of the approved proposal, in the words of Stripe', async () => {
    const proposalId = await anApprovedProposal(seller, { amountCents: 1_250_050 });
    const answer = await admin.post(PATH, { proposal_id: proposalId });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        deposit_cents: 375_015,
        total_cents: 1_250_050,
        session_id: expect.stringMatching(/^cs_test_/),
      },
    });
    expect(answer.body).not.toHaveProperty('dev_mode');
    expect(answer.body.checkout_url).toBe(`${books.qbo.url}/stripe/pay/${answer.body.session_id}`);
    const customer = await admin.get(
      `/customers/${(await admin.get(`/proposals/${proposalId}`)).body.customer_id}`,
    );
    expect(await books.stripe.show(`checkout/sessions/${answer.body.session_id}`)).toMatchObject({
      amount_total: 375_015,
      currency: 'usd',
      customer_email: customer.body.email,
      metadata: {
        proposal_id: `${proposalId}`,
        org_id: `${admin.orgId}`,
        deposit_percent: '30',
        total_amount_cents: '1250050',
      },
      success_url: 'https://portal.acme.test/p/payment/done?session_id={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://portal.acme.test/p/payment/cancelled',
    });
    expect((await admin.get(`/proposals/${proposalId}/activity`)).body.items[0]).toMatchObject({
      event: 'checkout_created',
      meta: { session_id: answer.body.session_id, amount_cents: 375_015, currency: 'USD', dev_mode: false },
    });
  });

  it('is for one proposal: body and query cannot name two', async () => {
    expect(await admin.post(`${PATH}?proposal_id=1`, { proposal_id: 2 })).toMatchObject({
      status: 422,
      body: {
        errors: [{ field: 'proposal_id', message: 'proposal_id must not be another in body and query' }],
      },
    });
  });

  it('takes the proposal from the query too, and the amount from nobody', async () => {
    const proposalId = await anApprovedProposal(seller);
    const answer = await admin.post(`${PATH}?proposal_id=${proposalId}&amount_dollars=1`);
    expect(answer).toMatchObject({ status: 200, body: { deposit_cents: 375_000 } });
    const again = await admin.post(PATH, { proposal_id: proposalId, amount_dollars: 5 });
    expect(again.body).toEqual(answer.body);
  });

  it('takes amount_dollars where the proposal has no amount', async () => {
    const proposalId = await anApprovedProposal(seller);
    await books.database.query('update leads set amount_cents = 0 where id = $1', [proposalId]);
    expect(await admin.post(PATH, { proposal_id: proposalId })).toMatchObject({
      status: 409,
      body: { code: 'proposal_without_amount' },
    });
    expect((await admin.post(PATH, { proposal_id: proposalId, amount_dollars: 1000.5 })).body).toMatchObject({
      deposit_cents: 30_015,
      total_cents: 100_050,
    });
  });

  it.each([
    { currency: 'JPY', cents: 1_234_550, total: 1_234_600, deposit: 370_400, amount: 3_704 },
    { currency: 'ISK', cents: 1_234_550, total: 1_234_600, deposit: 370_400, amount: 370_400 },
  ])(
    'asks in $currency for what that can be charged in',
    async ({ currency, cents, total, deposit, amount }) => {
      const checkout = await openCheckout(admin, await inCurrency(currency, cents));
      expect(checkout).toMatchObject({ deposit_cents: deposit, total_cents: total });
      expect(await books.stripe.show(`checkout/sessions/${checkout.session_id}`)).toMatchObject({
        amount_total: amount,
        currency: currency.toLowerCase(),
      });
      await admin.patch('/org/settings', { currency: null });
    },
  );

  it.each([
    { email: 'ann@exämple.com', known: 'ann@xn--exmple-cua.com' },
    { email: 'josé@exämple.com', known: null },
  ])('opens for a customer with the address $email, which Stripe does not take', async ({ email, known }) => {
    const customerId = (await admin.post('/customers', { email, full_name: 'José Vega' })).body.id as number;
    const { session_id: id } = await openCheckout(admin, await anApprovedProposal(seller, { customerId }));
    expect((await books.stripe.show(`checkout/sessions/${id}`)).customer_email).toBe(known);
  });

  it("follows the organisation's own percentage, and asks a hundred cents at least", async () => {
    const { admin: other } = await createOrg(books.app);
    await other.patch('/org/settings', { deposit_percent: 0.5 });
    const theirs = { orgId: other.orgId, admin: other, realmId: '' };
    expect(
      await openCheckout(other, await anApprovedProposal(theirs, { amountCents: 1_000_000 })),
    ).toMatchObject({
      deposit_cents: 5_000,
    });
    expect(
      await openCheckout(other, await anApprovedProposal(theirs, { amountCents: 10_000 })),
    ).toMatchObject({
      deposit_cents: 100,
    });
  });

  it('that is open is handed out again, however many ask at once', async () => {
    const proposalId = await anApprovedProposal(seller);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => admin.post(PATH, { proposal_id: proposalId })),
    );
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 200 });
    expect(await sessionsOf(proposalId)).toHaveLength(1);
    expect(await eventsOf(seller, proposalId)).toEqual(['approve', 'checkout_created']);
  });

  it('that has expired is not: a new one is opened', async () => {
    const proposalId = await anApprovedProposal(seller);
    const first = await openCheckout(admin, proposalId);
    await books.database.query('update checkout_sessions set expires_at = $2 where stripe_session_id = $1', [
      first.session_id,
      clock.now(),
    ]);
    const second = await openCheckout(admin, proposalId);
    expect(second.session_id).not.toBe(first.session_id);
    expect((await sessionsOf(proposalId)).map(({ status }) => status)).toEqual(['expired', 'open']);
  });

  it('of a test key is not handed out once the key is a live one, and what is paid on it is no money', async () => {
    const proposalId = await anApprovedProposal(seller);
    const before = await openCheckout(admin, proposalId);
    const client = books.app.app.get(StripeClient);
    Object.assign(client, { mode: 'live' });
    onTestFinished(() => void Object.assign(client, { mode: 'test' }));
    await books.stripe.act('pay', { session: before.session_id });
    const [event] = (await books.stripe.events()).filter(({ data }) => data.object.id === before.session_id);
    await eventually(async () =>
      expect(await outcomeOf(books, event.id)).toMatchObject({
        state: 'ignored',
        error: expect.stringContaining('test mode'),
      }),
    );
    expect((await admin.get(`/proposals/${proposalId}`)).body).toMatchObject({ deposit_paid_cents: 0 });
    const after = await openCheckout(admin, proposalId);
    expect(after.session_id).not.toBe(before.session_id);
    expect((await sessionsOf(proposalId)).map(({ status }) => status)).toEqual(['expired', 'open']);
  });

  it('is open again under a live key where a bank was about to pay in test mode, of which nothing comes', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: before } = await openCheckout(admin, proposalId);
    const client = books.app.app.get(StripeClient);
    onTestFinished(() => void Object.assign(client, { mode: 'test' }));
    await books.stripe.act('pay', { session: before, how: 'bank' });
    const statuses = async () => (await sessionsOf(proposalId)).map(({ status }) => status);
    await eventually(async () => expect(await statuses()).toEqual(['pending']));
    const answer = async () => (await admin.get(`/proposals/${proposalId}/why`)).body.answer;
    expect(await answer()).toContain('The customer has told their bank to pay the deposit');
    Object.assign(client, { mode: 'live' });
    expect(await answer()).toBe('The deposit has not been paid, and no payment page was opened for it.');
    expect((await openCheckout(admin, proposalId)).session_id).not.toBe(before);
    expect(await statuses()).toEqual(['pending', 'open']);
  });

  it('is refused for what is unknown, foreign, not approved or paid', async () => {
    const { admin: stranger } = await createOrg(books.app);
    const proposalId = await anApprovedProposal(seller);
    const customer = (await admin.get(`/proposals/${proposalId}`)).body.customer_id as number;
    const draft = await admin.post('/proposals', { name: 'Roof', customer_id: customer, lines: [] });
    const lead = await admin.post('/leads', { name: 'Roof' });
    expect(await stranger.post(PATH, { proposal_id: proposalId })).toMatchObject({ status: 404 });
    expect(await admin.post(PATH, { proposal_id: 999_999 })).toMatchObject({ status: 404 });
    expect(await admin.post(PATH, { proposal_id: lead.body.id })).toMatchObject({ status: 404 });
    expect(await admin.post(PATH, { proposal_id: draft.body.id })).toMatchObject({
      status: 409,
      body: { code: 'proposal_not_approved' },
    });
    await payDeposit(books, admin, proposalId);
    expect(await admin.post(PATH, { proposal_id: proposalId })).toMatchObject({
      status: 409,
      body: { code: 'proposal_paid' },
    });
    expect(await sessionsOf(draft.body.id)).toEqual([]);
  });

  it('waits while a bank is about to pay', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: session } = await openCheckout(admin, proposalId);
    await books.stripe.act('pay', { session, how: 'bank' });
    await eventually(async () => {
      const { body } = await admin.post(PATH, { proposal_id: proposalId });
      expect(body.code).toBe('payment_pending');
    });
  });

  it.each([
    { body: {}, fields: ['proposal_id'] },
    { body: { proposal_id: 'seven' }, fields: ['proposal_id'] },
    { body: { proposal_id: 1, amount_dollars: -1, percent: 5 }, fields: ['amount_dollars', 'percent'] },
  ])('asked for with $body names $fields', async ({ body, fields }) => {
    const answer = await admin.post(PATH, body);
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it('is for sellers', async () => {
    const viewer = await addPerson(books.app, admin.orgId, ['viewer']);
    const sales = await addPerson(books.app, admin.orgId, ['sales']);
    const proposalId = await anApprovedProposal(seller);
    expect((await anyone(books.app).post(PATH, { proposal_id: proposalId })).status).toBe(401);
    expect((await viewer.post(PATH, { proposal_id: proposalId })).status).toBe(403);
    expect((await sales.post(PATH, { proposal_id: proposalId })).status).toBe(200);
  });
});
