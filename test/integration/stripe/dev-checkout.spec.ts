import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { anApprovedProposal, eventsOf } from '../../support/books.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { metric } from '../../support/metrics.js';
import { anyone, createOrg, type Person, PASSWORD } from '../../support/people.js';
import { deliver, openCheckout, outcomeOf, stripeEvent } from '../../support/stripe.js';

describe('Without a Stripe key', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ admin } = await createOrg(app));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const seller = () => ({ orgId: admin.orgId, admin, realmId: '' });

  it('the page is a mock of ours, and says so', async () => {
    const proposalId = await anApprovedProposal(seller());
    const answer = await admin.post('/payments/checkout_session', { proposal_id: proposalId });
    expect(answer).toMatchObject({
      status: 200,
      body: { dev_mode: true, deposit_cents: 375_000, session_id: expect.stringMatching(/^dev_/) },
    });
    expect(answer.body.checkout_url).toBe(
      `http://localhost:8089/portal/dev-checkout/${answer.body.session_id}`,
    );
    expect(await openCheckout(admin, proposalId)).toEqual(answer.body);
    const page = await anyone(app).get(`/portal/dev-checkout/${answer.body.session_id}`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('$3,750.00');
    expect(page.body).toContain('<button id="pay">');
  });

  it('its button books as an event of Stripe would, once', async () => {
    const proposalId = await anApprovedProposal(seller());
    const { session_id: session } = await openCheckout(admin, proposalId);
    const before = await metric(app, 'crm_portal_payments_total', { org_id: admin.orgId });
    const path = `/portal/dev-checkout/${session}`;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => anyone(app).send('POST', path, undefined, form)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(303));
    expect(answers[0]!.headers.get('location')).toBe(
      `http://localhost:8089/portal/payment/done?session_id=${session}`,
    );
    expect(await eventsOf(seller(), proposalId)).toEqual(['approve', 'checkout_created', 'payment_success']);
    expect((await admin.get(`/proposals/${proposalId}`)).body).toMatchObject({ deposit_paid_cents: 375_000 });
    expect(await metric(app, 'crm_portal_payments_total', { org_id: admin.orgId })).toBe(before + 1);
    expect((await anyone(app).get(path)).body).toContain('We have received your deposit');
    const done = await anyone(app).get(`/portal/payment/done?session_id=${session}`);
    expect(done.body).toContain('We have received your deposit');
  });

  it('an unsigned event about the session books too', async () => {
    const proposalId = await anApprovedProposal(seller());
    const { session_id: id } = await openCheckout(admin, proposalId);
    const event = stripeEvent('checkout.session.completed', { id, payment_status: 'paid' });
    await deliver(app, event, null);
    expect(await outcomeOf({ database }, event.id)).toMatchObject({ state: 'processed' });
    expect((await admin.get(`/proposals/${proposalId}`)).body).toMatchObject({ deposit_paid_cents: 375_000 });
    expect(await deliver(app, '{"id":', null)).toMatchObject({ status: 400 });
  });

  it('there is no page for a session nobody opened', async () => {
    for (const path of [
      '/portal/dev-checkout/dev_1',
      '/portal/payment/done?session_id=x',
      '/portal/payment/done',
    ]) {
      expect(await anyone(app).get(path)).toMatchObject({ status: 404 });
    }
    expect((await anyone(app).post('/portal/dev-checkout/dev_1')).status).toBe(404);
  });

  it('who leaves the payment page is not told that nothing was paid, as another tab may have paid', async () => {
    const { body: left } = await anyone(app).get<string>('/portal/payment/cancelled');
    expect(left).toContain('You left the payment page');
    expect(left).not.toMatch(/Not paid|Nothing was taken/);
  });

  it('production opens none and shows none', async () => {
    const proposalId = await anApprovedProposal(seller());
    const { session_id: session } = await openCheckout(admin, proposalId);
    await using production = await startApp({
      databaseUrl: database.url,
      env: {
        NODE_ENV: 'production',
        JWT_SECRET_KEY: 'a secret of this production, not of development',
        TOKEN_ENCRYPTION_KEYS: `one:${Buffer.alloc(32, 7).toString('base64')}`,
      },
    });
    const login = await anyone(production).post('/auth/login', { email: admin.email, password: PASSWORD });
    const authorization = `Bearer ${login.body.access_token}`;
    const path = '/payments/checkout_session';
    expect(await anyone(production).post(path, { proposal_id: proposalId }, { authorization })).toMatchObject(
      {
        status: 409,
        body: { code: 'stripe_not_configured' },
      },
    );
    expect((await anyone(production).get(`/portal/dev-checkout/${session}`)).status).toBe(404);
    expect((await anyone(production).post(`/portal/dev-checkout/${session}`)).status).toBe(404);
  });
});
