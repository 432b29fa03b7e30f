import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { EntryMoneyRepository } from '../../../src/payments/ledger/entry-money.repository.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Person, someEmail } from '../../support/people.js';
import { daysFromNow } from '../../support/clock.js';
import { fieldsOf } from '../../support/problem.js';

const LINES = [
  { description: 'Tear-off', quantity: 1, unit_price_cents: 600_000 },
  { description: 'Shingles', quantity: 2, unit_price_cents: 250_000 },
  { description: 'Spring discount', quantity: 1, unit_price_cents: -100_000 },
];

describe('The contract of a proposal', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;
  let customerId: number;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ admin } = await createOrg(app));
    customerId = (await admin.post('/customers', { email: someEmail() })).body.id;
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const aDraft = async (): Promise<number> =>
    (await admin.post('/proposals', { name: 'New roof', customer_id: customerId, lines: LINES })).body.id;

  const anApproved = async (): Promise<number> => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    return id;
  };

  const entriesOf = (body: Record<string, unknown>): unknown[] =>
    (body.entries as Record<string, unknown>[]).map(({ number, kind, amount_cents, state }) => [
      number,
      kind,
      amount_cents,
      state,
    ]);

  it('is there from the approval on, and not before', async () => {
    const id = await aDraft();
    expect(await admin.get(`/proposals/${id}/contract`)).toMatchObject({
      status: 404,
      body: { code: 'contract_not_found' },
    });
    const cancelled = await aDraft();
    await admin.patch(`/proposals/${cancelled}`, { status: 'cancelled' });
    expect(await admin.get(`/proposals/${cancelled}/contract`)).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('cancelled before its approval') },
    });
    await admin.post(`/proposals/${id}/approve`);
    const { status, body } = await admin.get(`/proposals/${id}/contract`);
    expect(status).toBe(200);
    expect(body).toEqual({
      proposal_id: id,
      version: 1,
      currency: 'USD',
      deposit_mode: 'income',
      deposit_percent: 30,
      value_cents: 1_000_000,
      billed_cents: 0,
      remaining_cents: 1_000_000,
      deposit_held_cents: 0,
      retained_cents: 0,
      revenue_policy: 'invoice',
      retainage_percent: 0,
      tax_mode: 'none',
      tax_percent: 0,
      terms_days: 14,
      state: 'active',
      completed_on: null,
      entries: [
        {
          number: 1,
          kind: 'deposit',
          percent: 30,
          amount_cents: 300_000,
          milestone: null,
          trigger_on: null,
          change_order: null,
          state: 'ready',
          invoice_id: null,
        },
        {
          number: 2,
          kind: 'final',
          percent: null,
          amount_cents: 700_000,
          milestone: null,
          trigger_on: null,
          change_order: null,
          state: 'pending',
          invoice_id: null,
        },
      ],
      change_orders: [],
      invoices: [],
    });
  });

  it('keeps its deposit when the organisation asks for another one since', async () => {
    const id = await anApproved();
    await admin.patch('/org/settings', { deposit_percent: 50, terms_days: 30 });
    const { body } = await admin.get(`/proposals/${id}/contract`);
    expect(body).toMatchObject({ deposit_percent: 30 });
    expect(entriesOf(body)[0]).toEqual([1, 'deposit', 300_000, 'ready']);
    await admin.patch('/org/settings', { deposit_percent: 30 });
  });

  it('gets progress payments, by percent of its value or amount, and the final one follows', async () => {
    const id = await anApproved();
    const { status, body } = await admin.put(`/proposals/${id}/contract/schedule`, {
      entries: [
        { kind: 'progress', percent: 33.33 },
        { kind: 'progress', amount_cents: 100_001, milestone: 'Roof is dry' },
        { kind: 'progress', percent: 10, trigger_on: '2199-01-31' },
      ],
    });
    expect(status).toBe(200);
    expect(entriesOf(body)).toEqual([
      [1, 'deposit', 300_000, 'ready'],
      [2, 'progress', 333_300, 'ready'],
      [3, 'progress', 100_001, 'pending'],
      [4, 'progress', 100_000, 'pending'],
      [5, 'final', 166_699, 'pending'],
    ]);
    const emptied = await admin.put(`/proposals/${id}/contract/schedule`, { entries: [] });
    expect(entriesOf(emptied.body)).toEqual([
      [1, 'deposit', 300_000, 'ready'],
      [2, 'final', 700_000, 'pending'],
    ]);
  });

  it('is scheduled in what its currency can be paid in: whole yen', async () => {
    await admin.patch('/org/settings', { currency: 'JPY' });
    const id = await anApproved();
    await admin.patch('/org/settings', { currency: null });
    const put = (amount_cents: number) =>
      admin.put(`/proposals/${id}/contract/schedule`, {
        entries: [
          { kind: 'progress', percent: 33.33 },
          { kind: 'progress', amount_cents },
        ],
      });
    expect(await put(150)).toMatchObject({
      status: 422,
      body: {
        errors: [
          { field: 'entries.1.amount_cents', message: 'amount_cents must be a multiple of 100 in JPY' },
        ],
      },
    });
    expect(entriesOf((await put(200)).body).slice(1)).toEqual([
      [2, 'progress', 333_300, 'ready'],
      [3, 'progress', 200, 'ready'],
      [4, 'final', 366_500, 'pending'],
    ]);
  });

  it('rounds its shares to the yen once: 5,000.4999 of 15,003 yen are 5,000', async () => {
    await admin.patch('/org/settings', { currency: 'JPY', deposit_percent: 33.33 });
    const lines = [{ description: 'Gutter', quantity: 1, unit_price_cents: 1_500_300 }];
    const draft = await admin.post('/proposals', { name: 'Gutter', customer_id: customerId, lines });
    const id = draft.body.id as number;
    await admin.post(`/proposals/${id}/approve`);
    await admin.patch('/org/settings', { currency: null, deposit_percent: 30 });
    const entries = [{ kind: 'progress', percent: 33.33 }];
    const { body } = await admin.put(`/proposals/${id}/contract/schedule`, { entries });
    expect(entriesOf(body)).toEqual([
      [1, 'deposit', 500_000, 'ready'],
      [2, 'progress', 500_100, 'ready'],
      [3, 'final', 500_200, 'pending'],
    ]);
  });

  it('is never scheduled above its value, with the deposit', async () => {
    const id = await anApproved();
    const put = (percent: number) =>
      admin.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent }] });
    expect(await put(70)).toMatchObject({ status: 200 });
    expect(await put(70.01)).toMatchObject({ status: 409, body: { code: 'schedule_above_value' } });
  });

  it.each([100.01, 150, 100_000, 1e300])(
    'takes no entry of %d percent, as none of several that come to as much',
    async (percent) => {
      const id = await anApproved();
      const put = (...percents: number[]) =>
        admin.put(`/proposals/${id}/contract/schedule`, {
          entries: percents.map((one) => ({ kind: 'progress', percent: one })),
        });
      const before = (await admin.get(`/proposals/${id}/contract`)).body.entries;
      for (const answer of [await put(60, 60), await put(percent)])
        expect(answer).toMatchObject({ status: 409, body: { code: 'schedule_above_value' } });
      expect((await put(-percent)).status).toBe(422);
      expect((await admin.get(`/proposals/${id}/contract`)).body.entries).toEqual(before);
    },
  );

  it('keeps what a milestone earned, wherever its entry stands in a new schedule', async () => {
    await admin.patch('/org/settings', { revenue_policy: 'milestone' });
    const id = await anApproved();
    await admin.patch('/org/settings', { revenue_policy: 'invoice' });
    const dry = { kind: 'progress', percent: 40, milestone: 'Roof is dry' };
    const put = (...entries: object[]) => admin.put(`/proposals/${id}/contract/schedule`, { entries });
    const percent = { month: '2026-01', percent: 10 };
    expect(await admin.put(`/proposals/${id}/contract/progress`, percent)).toMatchObject({
      status: 409,
      body: {
        code: 'other_revenue_policy',
        detail: expect.stringContaining(`POST /proposals/${id}/contract/entries/{number}/reached`),
      },
    });
    const reach = (number: number, reached_on: string | null) =>
      admin.post(`/proposals/${id}/contract/entries/${number}/reached`, { reached_on });
    const reached = async (): Promise<unknown[]> => {
      const { body } = await admin.get(`/proposals/${id}/contract/progress`);
      return (body.milestones as Record<string, unknown>[]).map(({ milestone, reached_on }) => [
        milestone,
        reached_on,
      ]);
    };
    const earned = async (): Promise<unknown> => {
      const { body } = await admin.get('/reports/revenue?by=proposal&from=2026-01-01&to=2026-12-31');
      const row = (body.rows as Record<string, unknown>[]).find(({ proposal_id }) => proposal_id === id);
      return row?.earned_cents ?? 0;
    };
    await put(dry);
    expect((await reach(2, '2026-03-02')).status).toBe(200);
    expect(await earned()).toBe(400_000);

    const started = { kind: 'progress', percent: 10, milestone: 'Work has begun' };
    expect((await put(started, dry)).status).toBe(200);
    expect(await reached()).toEqual([
      ['Work has begun', null],
      ['Roof is dry', '2026-03-02'],
    ]);
    expect(await earned()).toBe(400_000);
    expect(await put(started)).toMatchObject({ status: 409, body: { code: 'milestone_reached' } });
    expect(await earned()).toBe(400_000);

    await reach(3, null);
    expect((await put(started)).status).toBe(200);
    expect((await put(started, { ...dry, milestone: 'Roof is on' })).status).toBe(200);
    expect([await reached(), await earned()]).toEqual([
      [
        ['Work has begun', null],
        ['Roof is on', null],
      ],
      0,
    ]);
  });

  it.each([
    {
      bad: 'both measures',
      entry: { kind: 'progress', percent: 10, amount_cents: 100 },
      fields: ['amount_cents', 'percent'],
    },
    { bad: 'no measure', entry: { kind: 'progress' }, fields: ['percent'] },
    {
      bad: 'measures that are null',
      entry: { kind: 'progress', percent: null, amount_cents: null },
      fields: ['percent'],
    },
    { bad: 'another kind', entry: { kind: 'final', percent: 10 }, fields: ['kind'] },
    { bad: 'no percent', entry: { kind: 'progress', percent: 0 }, fields: ['percent'] },
    { bad: 'percents in words', entry: { kind: 'progress', percent: '10' }, fields: ['percent'] },
    {
      bad: 'a fraction of a cent',
      entry: { kind: 'progress', amount_cents: 10.5 },
      fields: ['amount_cents'],
    },
    {
      bad: 'no day',
      entry: { kind: 'progress', percent: 10, trigger_on: '2026-02-30' },
      fields: ['trigger_on'],
    },
    { bad: 'an unknown field', entry: { kind: 'progress', percent: 10, note: 'x' }, fields: ['note'] },
  ])('takes no entry with $bad, and names the field that is at fault', async ({ entry, fields }) => {
    const id = await anApproved();
    const answer = await admin.put(`/proposals/${id}/contract/schedule`, { entries: [entry] });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(fields.map((field) => `entries.0.${field}`));
    if (fields.length > 1 || fields[0] !== 'percent' || entry.percent != null) return;
    const [error] = answer.body.errors as { message: string }[];
    expect(error!.message).toContain('either percent or amount_cents');
  });

  it('is complete on no day that is a slip of the pen', async () => {
    const id = await anApproved();
    for (const day of ['1900-01-01', '1999-12-31', daysFromNow(370), '9999-12-31']) {
      const answer = await admin.post(`/proposals/${id}/complete`, { completed_on: day });
      expect([answer.status, fieldsOf(answer)]).toEqual([422, ['completed_on']]);
    }
    expect((await admin.get(`/proposals/${id}/contract`)).body).toMatchObject({ completed_on: null });
    // Negative control: before the approval, as work after a storm is.
    const early = await admin.post(`/proposals/${id}/complete`, { completed_on: daysFromNow(-40) });
    expect(early.status).toBe(200);
  });

  it('is complete on the day that is named, once or twice', async () => {
    const id = await anApproved();
    for (const _ of [1, 2]) {
      expect(await admin.post(`/proposals/${id}/complete`, { completed_on: '2026-11-20' })).toMatchObject({
        status: 200,
        body: { state: 'completed', completed_on: '2026-11-20' },
      });
    }
    expect(await admin.post(`/proposals/${id}/complete`, { completed_on: 'soon' })).toMatchObject({
      status: 422,
    });
  });

  it('is not complete any more where that was said of the wrong one: nothing is earned by it', async () => {
    await admin.patch('/org/settings', { retainage_percent: 10, revenue_policy: 'completion' });
    const id = await anApproved();
    await admin.patch('/org/settings', { retainage_percent: 0, revenue_policy: 'invoice' });
    const complete = (day: string | null) => admin.post(`/proposals/${id}/complete`, { completed_on: day });
    const revenue = async () => (await admin.get(`/proposals/${id}/margin`)).body.revenue_cents;
    expect((await complete('2026-11-20')).body).toMatchObject({ state: 'completed' });
    expect(await revenue()).toBe(1_000_000);
    for (const _ of [1, 2]) {
      expect(await complete(null)).toMatchObject({
        status: 200,
        body: { state: 'active', completed_on: null },
      });
    }
    expect(await revenue()).toBe(0);
    const { items } = (await admin.get('/audit?action=contract.completed')).body as {
      items: { subject: string; before: unknown; after: unknown }[];
    };
    expect(items.filter(({ subject }) => subject === `contract:${id}`)).toMatchObject([
      { before: { completed_on: '2026-11-20' }, after: { completed_on: null } },
      { before: { completed_on: null }, after: { completed_on: '2026-11-20' } },
    ]);
    expect((await admin.post(`/proposals/${id}/complete`, {})).status).toBe(422);
  });

  it('is complete, and ready for what waits for it, once the day that was named beforehand has come', async () => {
    await admin.patch('/org/settings', { retainage_percent: 10, revenue_policy: 'completion' });
    const id = await anApproved();
    await admin.patch('/org/settings', { retainage_percent: 0, revenue_policy: 'invoice' });
    const revenue = async () => (await admin.get(`/proposals/${id}/margin`)).body.revenue_cents;
    const completedOn = async (day: string): Promise<unknown> => {
      const { status, body } = await admin.post(`/proposals/${id}/complete`, { completed_on: day });
      expect([status, body.completed_on]).toEqual([200, day]);
      return [body.state, (body.entries as { kind: string; state: string }[]).map(({ state }) => state)];
    };
    expect(await completedOn(daysFromNow(35))).toEqual(['active', ['ready', 'pending', 'pending']]);
    expect(await revenue()).toBe(0);
    expect(await completedOn(daysFromNow(0))).toEqual(['completed', ['ready', 'ready', 'pending']]);
    expect(await revenue()).toBe(1_000_000);
  });

  it('is void with its proposal', async () => {
    const id = await anApproved();
    await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    const { body } = await admin.get(`/proposals/${id}/contract`);
    expect(body.state).toBe('cancelled');
    expect(entriesOf(body).map((entry) => (entry as unknown[])[3])).toEqual(['void', 'void']);
    for (const answer of [
      await admin.put(`/proposals/${id}/contract/schedule`, { entries: [] }),
      await admin.post(`/proposals/${id}/contract/entries/1/bill`),
      await admin.post(`/proposals/${id}/contract/entries/2/bill`),
    ]) {
      const detail =
        `Proposal ${id} was cancelled: its contract is neither billed nor changed any more. Draft a new ` +
        'proposal for work that is wanted after all.';
      expect(answer).toMatchObject({ status: 409, body: { code: 'contract_cancelled', detail } });
    }
    expect((await admin.post(`/proposals/${id}/contract/entries/3/bill`)).status).toBe(404);
  });

  it('has work done up to the day of its cancellation in the time zone of then, whichever is set now', async () => {
    await admin.patch('/org/settings', { revenue_policy: 'milestone' });
    const id = await anApproved();
    await admin.patch('/org/settings', { revenue_policy: 'invoice' });
    await admin.put(`/proposals/${id}/contract/schedule`, {
      entries: [{ kind: 'progress', percent: 40, milestone: 'Roof is dry' }],
    });
    await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    // Half past eleven in the evening in Honolulu, which is the next morning in Denver.
    await database.query(
      `update contracts set cancelled_at = '2026-05-16T09:30:00Z' where proposal_id = $1`,
      [id],
    );
    await database.query('update org_settings set former_time_zones = $2 where org_id = $1', [
      admin.orgId,
      JSON.stringify([
        { zone: 'Pacific/Honolulu', since: '2026-01-01T00:00:00Z', until: '2026-06-01T00:00:00Z' },
      ]),
    ]);
    const reached = (day: string) =>
      admin.post(`/proposals/${id}/contract/entries/2/reached`, { reached_on: day });
    expect(await reached('2026-05-16')).toMatchObject({
      status: 409,
      body: { code: 'contract_cancelled', detail: expect.stringContaining('2026-05-15') },
    });
    expect((await reached('2026-05-15')).status).toBe(200);
    await database.query(`update org_settings set former_time_zones = '[]' where org_id = $1`, [admin.orgId]);
  });

  it('has work done up to its cancellation, and none after it', async () => {
    const cancelled = async (policy: string): Promise<string> => {
      await admin.patch('/org/settings', { revenue_policy: policy });
      const id = await anApproved();
      await admin.patch('/org/settings', { revenue_policy: 'invoice' });
      await admin.put(`/proposals/${id}/contract/schedule`, {
        entries: [{ kind: 'progress', percent: 40, milestone: 'Roof is dry' }],
      });
      await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
      await database.query(
        `update contracts set cancelled_at = '2026-05-15T12:00:00Z' where proposal_id = $1`,
        [id],
      );
      const route = `/proposals/${id}/contract`;
      const answer =
        policy === 'percent'
          ? await admin.put(`${route}/progress`, { month: '2026-05', percent: 50 })
          : await admin.post(`${route}/entries/2/reached`, { reached_on: '2026-05-16' });
      expect(answer).toMatchObject({
        status: 409,
        body: { code: 'contract_cancelled', detail: expect.stringContaining('2026-05-15') },
      });
      return route;
    };
    const byPercent = await cancelled('percent');
    expect((await admin.put(`${byPercent}/progress`, { month: '2026-04', percent: 20 })).status).toBe(200);
    const byMilestone = await cancelled('milestone');
    const reached = (day: string | null) =>
      admin.post(`${byMilestone}/entries/2/reached`, { reached_on: day });
    expect((await reached('2026-05-15')).status).toBe(200);
    expect((await reached(null)).status).toBe(200);
  });

  it('has no work done in a year that is a slip of the pen', async () => {
    const approvedBy = async (policy: string): Promise<string> => {
      await admin.patch('/org/settings', { revenue_policy: policy });
      const id = await anApproved();
      await admin.patch('/org/settings', { revenue_policy: 'invoice' });
      await admin.put(`/proposals/${id}/contract/schedule`, {
        entries: [{ kind: 'progress', percent: 40, milestone: 'Roof is dry' }],
      });
      return `/proposals/${id}/contract`;
    };
    const month = await admin.put(`${await approvedBy('percent')}/progress`, {
      month: '1926-03',
      percent: 20,
    });
    expect([month.status, fieldsOf(month)]).toEqual([422, ['month']]);
    const day = await admin.post(`${await approvedBy('milestone')}/entries/2/reached`, {
      reached_on: '1926-03-02',
    });
    expect([day.status, fieldsOf(day)]).toEqual([422, ['reached_on']]);
  });

  it('adds up nothing that was paid for it in two currencies', async () => {
    const id = await anApproved();
    const paid = async (cents: number, currency: string): Promise<void> => {
      const [session] = await database.query<{ id: string }>(
        `insert into checkout_sessions (org_id, proposal_id, idempotency_key, request, stripe_session_id, status,
                                        amount_cents, total_cents, deposit_percent, currency)
         values ($1, $2, $3, '{}', $3, 'paid', $4, 1000000, 30, $5) returning id`,
        [admin.orgId, id, `cs_${currency}_${id}`, cents, currency],
      );
      await database.query(
        `insert into payments (org_id, proposal_id, customer_id, checkout_session_id, stripe_session_id,
                               stripe_payment_intent_id, amount_cents, currency, paid_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, now())`,
        [
          admin.orgId,
          id,
          customerId,
          session!.id,
          `cs_${currency}_${id}`,
          `pi_${currency}_${id}`,
          cents,
          currency,
        ],
      );
    };
    const money = app.app.get(EntryMoneyRepository);
    const tx = app.app.get(DataSource).manager;
    const { orgId } = admin;
    const entries = () => inOrganisation(orgId, () => money.listOfProposal(tx, orgId, id));
    await paid(100_000, 'USD');
    expect(await entries()).toMatchObject([{ kind: 'deposit', netCents: 100_000, hasOtherMoney: false }]);
    await paid(50_000, 'EUR');
    expect(await entries()).toMatchObject([
      { kind: 'deposit', netCents: 100_000, hasOtherMoney: true, unrecordedCents: 100_000 },
    ]);
    const key = { kind: 'deposit', sequence: 1 } as const;
    expect(await inOrganisation(orgId, () => money.withUs(tx, orgId, id, key))).toEqual([
      { currency: 'EUR', cents: 50_000 },
      { currency: 'USD', cents: 100_000 },
    ]);
    expect(await admin.post('/payments/checkout_session', { proposal_id: id })).toMatchObject({
      status: 409,
      body: { code: 'proposal_paid' },
    });
  });

  it('is nobody else’s', async () => {
    const id = await anApproved();
    const { admin: other } = await createOrg(app, 'Other Roofing');
    expect((await other.get(`/proposals/${id}/contract`)).status).toBe(404);
    expect((await other.put(`/proposals/${id}/contract/schedule`, { entries: [] })).status).toBe(404);
    expect((await other.post(`/proposals/${id}/complete`, { completed_on: '2026-11-20' })).status).toBe(404);
  });
});
