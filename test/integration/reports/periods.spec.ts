import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RevenuePostingService } from '../../../src/revenue/events/revenue-posting.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { daysFromNow } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Json, type Person } from '../../support/people.js';

const MONTHS = Array.from({ length: 10 }, (_, index) => `2025-${String(index + 1).padStart(2, '0')}`);

describe('Months of the books', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, env: { DB_POOL_MAX: '2' } });
    ({ admin } = await createOrg(app));
  });

  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  it('are closed ten at once with two connections to the database', async () => {
    const others = await Promise.all(MONTHS.map(() => createOrg(app)));
    const answers = await Promise.all(others.map((other) => other.admin.post('/periods/2025-01/close')));
    expect(answers.map(({ status }) => status)).toEqual(MONTHS.map(() => 200));
    for (const month of MONTHS) expect((await admin.post(`/periods/${month}/close`)).status).toBe(200);
    const packs = await Promise.all(MONTHS.map((month) => admin.get(`/periods/${month}/pack`)));
    expect(packs.map(({ body }) => body.verified)).toEqual(MONTHS.map(() => true));
  });

  it('can be checked by anybody who has the text that was hashed', async () => {
    const { pack_hash, previous_hash } = (await admin.get('/periods/2025-10/pack')).body;
    const { status, body, headers } = await admin.get<string>('/periods/2025-10/pack?format=hashed');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(createHash('sha256').update(body).digest('hex')).toBe(pack_hash);
    expect(JSON.parse(body)).toMatchObject({ month: '2025-10', previousHash: previous_hash });
    const other = body.replace('2025-10', '2025-11');
    expect(createHash('sha256').update(other).digest('hex')).not.toBe(pack_hash);
  });

  it('are listed newest first, in pages, each once', async () => {
    const whole = (await admin.get('/periods?limit=200')).body;
    const months = (whole.items as Json[]).map(({ month }) => month as string);
    expect(whole.next_cursor).toBeNull();
    expect(months).toEqual(months.toSorted().toReversed());
    expect(months.at(-1)).toBe('2025-01');
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await admin.get(`/periods?limit=4${cursor && `&cursor=${cursor}`}`);
      expect(body.items.length).toBeLessThanOrEqual(4);
      seen.push(...(body.items as Json[]).map(({ month }) => month));
      cursor = body.next_cursor as string | null;
    }
    expect(seen).toEqual(months);
    expect((await admin.get('/periods?limit=201')).status).toBe(422);
    const foreign = Buffer.from('month:2025-13').toString('base64url');
    expect(await admin.get(`/periods?cursor=${foreign}`)).toMatchObject({
      status: 400,
      body: { code: 'malformed_cursor' },
    });
  });

  it('are closed one after the other: one before a closed one needs no closing, and is told so', async () => {
    const { admin: keeper } = await createOrg(app);
    for (const month of ['2025-03', '2025-05'])
      expect((await keeper.post(`/periods/${month}/close`)).status).toBe(200);
    const force = { force: true, reason: 'the quarter' };
    const late = await keeper.post('/periods/2025-04/close', force);
    expect(late).toMatchObject({ status: 409, body: { code: 'later_month_closed' } });
    expect(late.body.detail).toBe(
      '2025-04 cannot be closed: 2025-05 is closed, and nothing is posted before it. It needs no closing of its own. ' +
        'To close it all the same, reopen the later months first, the last one before the others.',
    );
    const codes = async (month: string) =>
      ((await keeper.get(`/periods/${month}`)).body.checks as Json[])
        .filter(({ ok, severity }) => !ok && severity !== 'info')
        .map(({ code }) => code);
    expect(await Promise.all(['2025-03', '2025-04', '2025-05', '2025-06'].map(codes))).toEqual([
      [],
      ['later_month_closed'],
      [],
      [],
    ]);
    expect((await keeper.post('/periods/2025-03/close')).status).toBe(200); // once more
    const { checks } = (await keeper.get('/periods/2025-06')).body;
    expect((checks as Json[]).find(({ code }) => code === 'earlier_month_open')).toMatchObject({
      ok: true,
      found: 'every earlier month with entries is closed',
    });
    await keeper.post('/periods/2025-05/reopen', { reason: 'April was left out' });
    for (const month of ['2025-04', '2025-05'])
      expect((await keeper.post(`/periods/${month}/close`)).status).toBe(200);
    const packs = await Promise.all(MONTHS.slice(2, 5).map((month) => keeper.get(`/periods/${month}`)));
    expect(packs.slice(1).map(({ body }) => body.previous_hash)).toEqual(
      packs.slice(0, 2).map(({ body }) => body.pack_hash),
    );
  });

  it('say which work is complete below 100 %, a part of which is never earned, as a note', async () => {
    const { admin: keeper } = await createOrg(app);
    expect((await keeper.patch('/org/settings', { revenue_policy: 'percent' })).status).toBe(200);
    const customer = await keeper.post('/customers', { email: 'ann@periods.example', full_name: 'Ann Ruiz' });
    const { id } = (
      await keeper.post('/proposals', {
        name: 'Roof of 12 Elm Street',
        customer_id: customer.body.id,
        lines: [{ description: 'New roof', quantity: 1, unit_price_cents: 100_000 }],
      })
    ).body;
    await keeper.post(`/proposals/${id}/approve`);
    const today = daysFromNow(0);
    const month = today.slice(0, 7);
    const done = (percent: number) => keeper.put(`/proposals/${id}/contract/progress`, { month, percent });
    const check = async () =>
      ((await keeper.get(`/periods/${month}`)).body.checks as Json[]).find(
        ({ code }) => code === 'completed_below_100_percent',
      );
    expect((await done(80)).status).toBe(200);
    expect(await check()).toMatchObject({ ok: true });
    expect((await keeper.post(`/proposals/${id}/complete`, { completed_on: today })).status).toBe(200);
    expect(await check()).toMatchObject({
      ok: false,
      severity: 'info',
      found: `the work is complete and stands below 100 %, so that a part of it is never earned: proposal ${id}`,
      next_step: expect.stringContaining('enter 100 %'),
    });
    const why = async (): Promise<string> => {
      const { answer, next_step: nextStep } = (await keeper.get(`/proposals/${id}/why`)).body;
      return `${answer} ${nextStep}`;
    };
    expect(await why()).toContain(
      'the work is complete and stands at 80%, so that the rest is never earned.',
    );
    expect(await why()).toContain(`enter 100 % by PUT /proposals/${id}/contract/progress`);
    expect((await done(100)).status).toBe(200);
    expect(await check()).toMatchObject({ ok: true, next_step: null });
    expect(await why()).not.toContain('never earned');
  });

  it('have nothing left of what was learned while they were closed, once it is gone and they are open', async () => {
    const { admin: keeper, orgId } = await createOrg(app);
    const customer_id = (await keeper.post('/customers', { email: 'late@periods.example' })).body.id;
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 30_000 }];
    const { id } = (await keeper.post('/proposals', { name: 'Roof', customer_id, lines })).body;
    await keeper.post(`/proposals/${id}/approve`);
    expect((await keeper.post('/periods/2025-03/close')).status).toBe(200);
    await database.query(
      `insert into invoices (org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                             state, total_cents, balance_cents, paid_cents, txn_date)
       values ($1, $2, 'deposit', 'USD', 9000, '1', '78', 'CRM-1', 'open', 9000, 9000, 0, '2025-03-20')`,
      [orgId, id],
    );
    const earned = async (): Promise<[string, number][]> =>
      ((await keeper.get('/reports/revenue?from=2025-01-01')).body.rows as Json[]).map(
        ({ key, earned_cents }) => [key as string, earned_cents as number],
      );
    expect(await earned()).toEqual([['2025-04', 9_000]]);
    await keeper.post('/periods/2025-03/reopen', { reason: 'An invoice was missing' });
    expect(await earned()).toEqual([['2025-04', 9_000]]);
    await database.query(
      `update invoices set state = 'voided', total_cents = 0, balance_cents = 0 where org_id = $1`,
      [orgId],
    );
    expect(await earned()).toEqual([]);
  });

  it('have the questions that came up in them by the time zone of then', async () => {
    const { admin: keeper, orgId } = await createOrg(app);
    const before = { since: '2025-01-01T00:00:00.000Z', until: '2025-06-01T00:00:00.000Z' };
    await database.query(
      `update org_settings set time_zone = 'America/Denver', former_time_zones = $2 where org_id = $1`,
      [orgId, JSON.stringify([{ ...before, zone: 'Pacific/Auckland' }])],
    );
    await database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, created_at, updated_at)
       values ($1, 'payment.unapplied:1', 'payment_unapplied', 'It is on no invoice.', 'Look at it.', $2, $2)`,
      [orgId, '2025-03-01T05:00:00Z'],
    );
    const found = async (month: string): Promise<unknown> =>
      ((await keeper.get(`/periods/${month}`)).body.checks as Json[]).find(
        ({ code }) => code === 'money_in_inbox',
      )!.ok;
    expect([await found('2025-02'), await found('2025-03')]).toEqual([true, false]);
  });

  it('are not closed long before the books begin by a slip of the year, which would list all since then', async () => {
    const { admin: keeper } = await createOrg(app);
    for (const month of ['1999-01', '2016-10']) {
      const slip = await keeper.post(`/periods/${month}/close`);
      expect(slip).toMatchObject({ status: 409, body: { code: 'before_the_books' } });
      expect(slip.body.detail).toContain('Look at the year, or close with force and a reason.');
    }
    expect((await keeper.get('/periods?limit=200')).body.items).toHaveLength(1);
    const meant = await keeper.post('/periods/2016-10/close', { force: true, reason: 'kept elsewhere' });
    expect(meant).toMatchObject({ status: 200, body: { state: 'closed' } });
  });

  it('stand in the audit log with the hash that they were closed with', async () => {
    const { pack_hash } = (await admin.get('/periods/2025-10/pack')).body;
    const closings = (await admin.get('/audit?action=period.closed')).body.items as Json[];
    const october = closings.find(({ subject }) => subject === 'period:2025-10');
    expect(october).toMatchObject({ after: { pack_hash } });
  });

  it('name the closed month before them while they are open', async () => {
    const { pack_hash } = (await admin.get('/periods/2025-10/pack')).body;
    const { body } = await admin.get('/periods/2025-11/pack');
    expect(body).toMatchObject({ state: 'open', pack_hash: null, previous_hash: pack_hash });
    expect((await admin.get('/periods/2025-12/pack')).body).toMatchObject({ previous_hash: null });
    const page = await admin.get<string>('/periods/2025-11/pack?format=html');
    expect(page.body).toContain(pack_hash);
    const closed = await admin.get<string>('/periods/2025-10/pack?format=html');
    const { full_name, orgs } = (await admin.get('/auth/me')).body as { full_name: string; orgs: Json[] };
    expect(closed.body).toContain(`by ${full_name}</dd>`);
    expect(closed.body).toContain(`<dd>${orgs[0]!.name as string}</dd>`);
  });

  it('have in their pack what came in while they were being closed, by age and in the journal alike', async () => {
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 30_000 }];
    const customer_id = (await admin.post('/customers', { email: 'ann@example.com' })).body.id;
    const { id } = (await admin.post('/proposals', { name: 'Roof', customer_id, lines })).body;
    await admin.post(`/proposals/${id}/approve`);
    const posting = app.app.get(RevenuePostingService);
    const catchUpIn = posting.catchUpIn.bind(posting);
    const meanwhile = vi.spyOn(posting, 'catchUpIn');
    meanwhile.mockImplementationOnce(catchUpIn).mockImplementationOnce(async (tx, orgId) => {
      await database.query(
        `insert into invoices (org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                               state, total_cents, balance_cents, paid_cents, txn_date)
         values ($1, $2, 'deposit', 'USD', 9000, '1', '77', 'CRM-1', 'open', 9000, 9000, 0, '2025-11-05')`,
        [orgId, id],
      );
      await catchUpIn(tx, orgId);
    });
    expect((await admin.post('/periods/2025-11/close')).status).toBe(200);
    meanwhile.mockRestore();
    const { header } = (await admin.get('/periods/2025-11/pack')).body;
    expect(header.aging).toMatchObject([{ currency: 'USD', total_cents: 9_000 }]);
  });
});
