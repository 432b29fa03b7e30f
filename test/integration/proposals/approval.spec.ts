import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActivityRepository } from '../../../src/proposals/activity/activity.repository.js';
import { startApp, type TestApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Person, someEmail } from '../../support/people.js';

const LINES = [{ description: 'Shingles, per square', quantity: 2, unit_price_cents: 45_000 }];

describe('Approving', () => {
  const clock = new FakeClock(new Date());
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;
  let customerId: number;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, clock });
    ({ admin } = await createOrg(app));
    customerId = (await admin.post('/customers', { email: someEmail() })).body.id;
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const aDraft = async (lines: object[] = LINES): Promise<number> =>
    (await admin.post('/proposals', { name: 'New roof', customer_id: customerId, lines })).body.id;

  const eventsOf = async (id: number): Promise<string[]> => {
    const { body } = await admin.get(`/proposals/${id}/activity`);
    return (body.items as { event: string }[]).map(({ event }) => event);
  };

  const link = (id: number) =>
    database.query(`update leads set qbo_invoice_id = $1::text, qbo_invoice_number = '1042' where id = $1`, [
      id,
    ]);

  it.each(['/proposals/:id/approve', '/portal/approve/:id'])('a draft by POST %s dates it', async (path) => {
    const id = await aDraft();
    const { status, body } = await admin.post(path.replace(':id', `${id}`));
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'approved', proposal_id: id });
    expect((await admin.get(`/proposals/${id}`)).body).toMatchObject({
      status: 'approved',
      approved_at: clock.now().toISOString(),
      amount_cents: 90_000,
    });
  });

  it('logs who approved how much', async () => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    const { body } = await admin.get(`/proposals/${id}/activity`);
    expect(body).toEqual({
      items: [
        {
          id: expect.any(Number),
          event: 'approve',
          meta: { amount_cents: 90_000, currency: 'USD', approved_by: `user:${admin.userId}` },
          created_at: clock.now().toISOString(),
        },
      ],
      next_cursor: null,
    });
  });

  it('twice is the same as once', async () => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    const before = (await admin.get(`/proposals/${id}`)).body;
    const again = await admin.post(`/portal/approve/${id}`);
    expect(again).toMatchObject({ status: 200, body: { status: 'approved', proposal_id: id } });
    expect((await admin.get(`/proposals/${id}`)).body).toEqual(before);
    expect(await eventsOf(id)).toEqual(['approve']);
  });

  it('raced by fifty happens and is logged once, and makes one contract', async () => {
    const id = await aDraft();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => admin.post(`/proposals/${id}/approve`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(50).fill(200));
    expect(await eventsOf(id)).toEqual(['approve']);
    expect(
      await database.query('select version, value_cents from contracts where proposal_id = $1', [id]),
    ).toHaveLength(1);
  });

  it('is logged once for one occurrence, and each time without one (so the race above is not vacuous)', async () => {
    const activities = app.app.get(ActivityRepository);
    const log = (proposalId: number, occurrence?: string): Promise<boolean> =>
      app.app
        .get(DataSource)
        .transaction((tx) =>
          activities.log(tx, { orgId: admin.orgId, proposalId, event: 'approve', occurrence }),
        );
    const race = (proposalId: number, occurrence?: string): Promise<boolean[]> =>
      Promise.all(Array.from({ length: 20 }, () => log(proposalId, occurrence)));
    const [named, unnamed] = [await aDraft(), await aDraft()];
    expect((await race(named, 'approved')).filter(Boolean)).toHaveLength(1);
    expect(await eventsOf(named)).toHaveLength(1);
    expect((await race(unnamed)).filter(Boolean)).toHaveLength(20);
    expect(await eventsOf(unnamed)).toHaveLength(20);
  });

  it.each([
    { what: 'no lines', lines: [] },
    { what: 'lines that come to nothing', lines: [{ ...LINES[0], unit_price_cents: 0 }] },
  ])('a draft with $what says what is missing', async ({ lines }) => {
    const id = await aDraft(lines);
    const answer = await admin.post(`/proposals/${id}/approve`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'proposal_without_amount' } });
    expect(await eventsOf(id)).toEqual([]);
  });

  it('gives one that was approved by SQL its contract, once', async () => {
    const id = await aDraft();
    await database.query(`update leads set status = 'approved', approved_at = now() where id = $1`, [id]);
    const refused = await admin.get(`/proposals/${id}/contract`);
    const detail = expect.stringContaining(`POST /proposals/${id}/approve`);
    expect(refused).toMatchObject({ status: 404, body: { code: 'contract_not_found', detail } });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => admin.post(`/proposals/${id}/approve`)),
    );
    expect(answers.map(({ body }) => body)).toEqual(
      answers.map(() => ({ status: 'approved', proposal_id: id })),
    );
    expect((await admin.get(`/proposals/${id}/contract`)).body).toMatchObject({
      value_cents: 90_000,
      entries: [{ kind: 'deposit', amount_cents: 27_000 }, { kind: 'final' }],
    });
    expect(await eventsOf(id)).toEqual([]);
  });

  it("is no one else's, and a plain lead is no proposal", async () => {
    const { admin: stranger } = await createOrg(app);
    const id = await aDraft();
    const lead = (await admin.post('/leads', { name: 'Leak' })).body;
    for (const path of [`/proposals/${id}/approve`, `/portal/approve/${id}`]) {
      expect(await stranger.post(path)).toMatchObject({ status: 404, body: { code: 'proposal_not_found' } });
    }
    expect((await admin.post(`/proposals/${lead.id}/approve`)).status).toBe(404);
    expect((await admin.get(`/proposals/${id}`)).body.status).toBe('draft');
  });

  it('freezes the proposal', async () => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    for (const body of [{ name: 'x' }, { lines: [] }, { customer_id: customerId }, { currency: 'EUR' }, {}]) {
      const answer = await admin.patch(`/proposals/${id}`, body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'proposal_not_draft' } });
    }
  });

  it('has no way back but to cancel, which twice is the same as once', async () => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    for (let times = 0; times < 2; times += 1) {
      const { status, body } = await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'cancelled', approved_at: clock.now().toISOString() });
    }
    expect(await eventsOf(id)).toEqual(['cancel', 'approve']);
    const late = await admin.post(`/proposals/${id}/approve`);
    expect(late).toMatchObject({ status: 409, body: { code: 'proposal_not_draft' } });
    expect((await admin.patch(`/proposals/${id}`, { name: 'x' })).body.code).toBe('proposal_not_draft');
  });

  it('is not undone where there is an invoice', async () => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    await link(id);
    const answer = await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'proposal_invoiced' } });
    expect(answer.body.detail).toContain('1042');
  });

  /** What is in the ledger of a deposit of 900.00 that was paid by card, and given back so far as is said. */
  async function paidAndRefunded(id: number, refunds: readonly { cents: number; state: string }[]) {
    const [session] = await database.query<{ id: string }>(
      `insert into checkout_sessions (org_id, proposal_id, idempotency_key, request, stripe_session_id, status,
                                      amount_cents, total_cents, deposit_percent, currency)
       values ($1, $2, $3, '{}', $3, 'paid', 90000, 90000, 100, 'USD') returning id`,
      [admin.orgId, id, `cs_${id}`],
    );
    const [payment] = await database.query<{ id: string }>(
      `insert into payments (org_id, proposal_id, customer_id, checkout_session_id, stripe_session_id,
                             stripe_payment_intent_id, amount_cents, currency, paid_at)
       values ($1, $2, $3, $4, $5, $6, 90000, 'USD', now()) returning id`,
      [admin.orgId, id, customerId, session!.id, `cs_${id}`, `pi_${id}`],
    );
    await database.query(
      `insert into portal_activity (org_id, proposal_id, event) values ($1, $2, 'payment_success')`,
      [admin.orgId, id],
    );
    for (const { cents, state } of refunds) {
      await database.query(
        `insert into refunds (org_id, proposal_id, payment_id, amount_cents, currency, state, made_at, created_at,
                              updated_at)
         values ($1, $2, $3, $4, 'USD', $5, now(), now(), now())`,
        [admin.orgId, id, payment!.id, cents, state],
      );
    }
  }

  it.each([
    { name: 'paid', refunds: [], left: '$900.00' },
    { name: 'given back in part', refunds: [{ cents: 40_000, state: 'succeeded' }], left: '$500.00' },
    {
      name: 'not given back, because the refund failed',
      refunds: [{ cents: 90_000, state: 'failed' }],
      left: '$900.00',
    },
    {
      name: 'to be given back, which Stripe has not answered',
      refunds: [{ cents: 90_000, state: 'requested' }],
      left: '$900.00',
    },
  ])('is not undone where the deposit is $name', async ({ refunds, left }) => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    await paidAndRefunded(id, refunds);
    const answer = await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'proposal_paid' } });
    expect(answer.body.detail).toContain(`${left} is still with us`);
  });

  it('is undone where all of the deposit was given back', async () => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    await paidAndRefunded(id, [
      { cents: 40_000, state: 'succeeded' },
      { cents: 50_000, state: 'pending' },
    ]);
    const answer = await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect((await admin.get(`/proposals/${id}/why`)).body.answer).toContain(
      'cancelled, so nothing is invoiced',
    );
  });

  it.each([
    { body: { status: 'approved' } },
    { body: { status: 'draft' } },
    { body: { status: null } },
    { body: { status: 'cancelled', name: 'x' } },
  ])('is not what PATCH $body does', async ({ body }) => {
    const id = await aDraft();
    const answer = await admin.patch(`/proposals/${id}`, body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'status' }] } });
    expect((await admin.get(`/proposals/${id}`)).body.status).toBe('draft');
  });

  it('starts a log that is read newest first, page by page', async () => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    const first = await admin.get(`/proposals/${id}/activity?limit=1`);
    expect(first.body.items).toMatchObject([{ event: 'cancel', meta: { from: 'approved' } }]);
    const second = await admin.get(`/proposals/${id}/activity?limit=1&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ items: [{ event: 'approve' }], next_cursor: null });
    expect((await admin.get(`/proposals/${id}/activity?cursor=x`)).status).toBe(400);
  });
});
