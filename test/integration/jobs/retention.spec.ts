import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RETENTION } from '../../../src/jobs/retention/retention.js';
import { RetentionService } from '../../../src/jobs/retention/retention.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';

const BATCH_AND_A_HALF = 750;

describe('What is kept', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const purge = (table: string) => app.app.get(RetentionService).purge(table);
  const one = async <Row extends object>(sql: string): Promise<Row> => (await database.query<Row>(sql))[0]!;

  it('is said for every table, by a rule or with the reason to keep it', async () => {
    const tables = await database.query<{ name: string }>(
      `select relname as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'migrations'
        order by relname`,
    );
    expect(Object.keys(RETENTION).toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  });

  it('goes by the primary key of its table', async () => {
    const keys = await database.query<{ table: string; key: string[] }>(
      `select conrelid::regclass::text as "table",
              array(select attname::text from pg_attribute
                     where attrelid = conrelid and attnum = any(conkey) order by attname::text) as key
         from pg_constraint where contype = 'p'`,
    );
    const keyOf = new Map(keys.map(({ table, key }) => [table, key]));
    const wrong = Object.entries(RETENTION).filter(
      ([table, rule]) =>
        rule.kept === 'for a time' && rule.key.toSorted().join() !== keyOf.get(table)?.toSorted().join(),
    );
    expect(wrong).toEqual([]);
  });

  it('goes with a parent where that takes it along', async () => {
    const cascades = await database.query<{ pair: string }>(
      `select conrelid::regclass || ' with ' || confrelid::regclass as pair
         from pg_constraint where contype = 'f' and confdeltype = 'c'`,
    );
    const children = Object.entries(RETENTION).flatMap(([table, rule]) =>
      rule.kept === 'with its parent' ? [`${table} with ${rule.parent}`] : [],
    );
    expect(cascades.map(({ pair }) => pair)).toEqual(expect.arrayContaining(children));
  });

  it('has a rule that PostgreSQL understands, in every table', async () => {
    await database.query(`insert into orgs (name) values ('Summit Roofing')`);
    expect(await app.app.get(RetentionService).purge()).toEqual({});
  });

  it('of a Stripe event is its body for 100 days, and what finds it for 400; what is not done stays', async () => {
    await database.query(
      `insert into stripe_events (event_id, type, received_at, body, content_hash, state, wake_at, processed_at)
       select id, 'payment_intent.succeeded', now() - age,
              jsonb_build_object('id', id, 'type', 'payment_intent.succeeded', 'object', 'event', 'data',
                jsonb_build_object(
                'object', jsonb_build_object('id', 'pi_' || id, 'payment_intent', 'in_' || id,
                                             'receipt_email', 'ann@example.com'))),
              id, state, now(), case when state <> 'pending' then now() end
         from (values ('evt_young', interval '99 days', 'processed'), ('evt_old', interval '101 days', 'processed'),
                      ('evt_ancient', interval '401 days', 'ignored'), ('evt_open', interval '401 days', 'pending'),
                      ('evt_failed', interval '401 days', 'failed')) as events (id, age, state)`,
    );
    expect(await purge('stripe_events')).toEqual({ stripe_events: 3 });
    const events = await database.query<{ id: string; email: string | null; found: string }>(
      `select event_id as id, body #>> '{data,object,receipt_email}' as email,
              body #>> '{data,object,payment_intent}' as found from stripe_events order by 1`,
    );
    expect(events).toEqual([
      { id: 'evt_failed', email: 'ann@example.com', found: 'in_evt_failed' },
      { id: 'evt_old', email: null, found: 'in_evt_old' },
      { id: 'evt_open', email: 'ann@example.com', found: 'in_evt_open' },
      { id: 'evt_young', email: 'ann@example.com', found: 'in_evt_young' },
    ]);
    expect(await purge('stripe_events')).toEqual({});
  });

  it('of alerts is what is open, and what ended in the last ninety days', async () => {
    await database.query(
      `insert into alert_incidents (org_id, kind, subject, facts, since, opened_at, last_seen_at, closed_at)
       select null, 'read_budget', age::text, '{}', now() - age, now() - age, now() - age, case when over then
         now() - age end
         from (values (interval '91 days', true), (interval '89 days', true), (interval '92 days', false))
              as incidents (age, over)`,
    );
    await database.query(
      `insert into alert_messages (channel, incident_ids, subject, body, state, next_attempt_at, created_at, sent_at)
       select 'slack', '{}', 's', 'b', state, now(), now() - age, case when state = 'sent' then now() end
         from (values (interval '91 days', 'sent'), (interval '91 days', 'queued'), (interval '89 days', 'failed'))
              as messages (age, state)`,
    );
    expect(await purge('alert_incidents')).toEqual({ alert_incidents: 1 });
    expect(await purge('alert_messages')).toEqual({ alert_messages: 1 });
    // However often it is looked at, the rest stays.
    expect(await purge('alert_messages')).toEqual({});
  });

  it('of calls for many customers is ninety days of them, answered or not', async () => {
    await database.query(
      `insert into customer_batch_calls (request_id, org_id, realm_id, customers, sent_at, answered_at)
       select 'old-' || n, 1, '1', '{}'::jsonb, now() - interval '91 days', case when n % 2 = 0 then now() end
         from generate_series(1, ${BATCH_AND_A_HALF}) n
       union all select 'young', 1, '1', '{}'::jsonb, now(), null`,
    );
    expect(await purge('customer_batch_calls')).toEqual({ customer_batch_calls: BATCH_AND_A_HALF });
    expect(await one(`select count(*)::int as count from customer_batch_calls`)).toEqual({ count: 1 });
  });

  it('of attempts is thirteen months, whether they had an end or not', async () => {
    await database.query(
      `with operation as (
         insert into sync_operations (org_id, realm_id, kind, entity_id, request_id, payload, state, qbo_id,
           next_attempt_at)
         values (1, '1', 'customer.create', 1, 'cust-1', '{}', 'done', '77', now()) returning id)
       insert into sync_attempts (org_id, operation_id, attempt, started_at, finished_at)
       select 1, id, n, now() - age, case when over then now() - age end
         from operation, (values (1, interval '401 days', true), (2, interval '399 days', true), (3, interval
           '402 days', false))
              as attempts (n, age, over)`,
    );
    expect(await purge('sync_attempts')).toEqual({ sync_attempts: 2 });
  });

  it('is purged by several processes at once, each row by one', async () => {
    await database.query(
      `insert into login_throttles (key, hits, window_ends_at)
       select 'k' || n, 1, now() - interval '8 days' from generate_series(1, ${2 * BATCH_AND_A_HALF}) n`,
    );
    const counts = await Promise.all([purge('login_throttles'), purge('login_throttles')]);
    const total = counts.reduce((sum, { login_throttles = 0 }) => sum + login_throttles, 0);
    expect(total).toBe(2 * BATCH_AND_A_HALF);
  });
});

/** Tables whose rows the tests above age: of more than one kind, or in batches. */
const OF_THE_TESTS_ABOVE = [
  'alert_incidents',
  'alert_messages',
  'customer_batch_calls',
  'stripe_events',
  'sync_attempts',
];
const EMPTIED = `ip <> '' or user_agent is not null`;

/** Of the other tables, a row of an instant `at`; `open` is one that stays, however old. SQL. */
const DATED: { table: string; days: number; row: string; open?: string; left?: string }[] = [
  {
    table: 'account_mails',
    days: 7,
    row: `(id, kind, email, next_attempt_at, created_at)
      select gen_random_uuid(), 'password_reset', 'a@b.test', at, at`,
  },
  {
    table: 'account_tokens',
    days: 30,
    row: `(id, purpose, user_id, token_hash, created_at, expires_at)
      select gen_random_uuid(), 'password_reset', 1, sha256(at::text::bytea), at - interval '1 hour', at`,
  },
  {
    table: 'change_order_approvals',
    days: 2_557,
    row: `(org_id, change_order_id, link_id, signer_name, approved_at, ip, user_agent, delta_cents, value_cents,
        currency, content_hash)
      select 1, extract(epoch from at)::integer, 1, 'Ann', at, '192.0.2.1', 'Phone/1', 1, 1, 'USD', sha256('x')`,
    left: EMPTIED,
  },
  {
    table: 'customer_batches',
    days: 90,
    row: `(id, org_id, created_by, status, total, next_run_at, created_at, finished_at)
      select gen_random_uuid(), 1, 1, 'done', 1, at, at, at`,
    open: `(id, org_id, created_by, status, total, next_run_at, created_at)
      select gen_random_uuid(), 1, 1, 'running', 1, at, at`,
  },
  {
    table: 'invitations',
    days: 30,
    row: `(org_id, id, email, full_name, roles, token_hash, invited_by, created_at, expires_at)
      select 1, gen_random_uuid(), 'a@b.test', 'Ann', '{sales}', sha256(at::text::bytea), 1,
             at - interval '7 days', at`,
  },
  {
    table: 'invoice_compares',
    days: 90,
    row: `(id, org_id, realm_id, reason, status, next_run_at, created_at, finished_at)
      select gen_random_uuid(), 1, '1', 'weekly', 'done', at, at, at`,
    open: `(id, org_id, realm_id, reason, status, next_run_at, created_at)
      select gen_random_uuid(), 1, '1', 'weekly', 'running', at, at`,
  },
  {
    table: 'invoice_reminders',
    days: 2_557,
    row: `(org_id, invoice_id, due_on, offset_days, state, reason, next_attempt_at, created_at)
      select 1, 1, at::date, extract(hour from at)::integer, 'skipped', 'r', at, at`,
    open: `(org_id, invoice_id, due_on, offset_days, next_attempt_at, created_at)
      select 1, 1, at::date, 1, at, at`,
  },
  {
    table: 'login_throttles',
    days: 7,
    row: `(key, hits, window_ends_at) select at::text, 1, at`,
    open: `(key, hits, window_ends_at, blocked_until) select 'blocked', 1, at, now() + interval '1 hour'`,
  },
  {
    table: 'proposal_approvals',
    days: 2_557,
    row: `(org_id, proposal_id, link_id, signer_name, approved_at, ip, user_agent, total_cents, currency, content_hash)
      select 1, extract(epoch from at)::integer, 1, 'Ann', at, '192.0.2.1', 'Phone/1', 1, 'USD', sha256('x')`,
    left: EMPTIED,
  },
  {
    table: 'qbo_events',
    days: 100,
    row: `(event_id, received_at, state, next_attempt_at, closed_at) select at::text, at, 'quarantined', at, at`,
    open: `(event_id, org_id, realm_id, entity, entity_id, operation, received_at, state, next_attempt_at)
      select 'open', 1, '1', 'invoice', '1', 'update', at, 'pending', at`,
  },
  {
    table: 'qbo_oauth_states',
    days: 1,
    row: `(state_hash, org_id, user_id, browser_hash, created_at, expires_at, token_epoch)
      select sha256(at::text::bytea), 1, 1, sha256('x'), at - interval '10 minutes', at, 1`,
  },
  {
    table: 'refresh_tokens',
    days: 7,
    row: `(user_id, family_id, token_hash, issued_at, expires_at)
      select 1, gen_random_uuid(), sha256(at::text::bytea), at - interval '30 days', at`,
  },
  {
    table: 'sessions',
    days: 7,
    row: `(id, user_id, org_id, kind, begun_at, last_used_at, expires_at)
      select gen_random_uuid(), 1, 1, 'browser', at - interval '12 hours', at, at`,
  },
];

describe('What is kept for a number of days', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    const keys = await database.query<{ key: string; table: string }>(
      `select conname as key, conrelid::regclass::text as "table" from pg_constraint where contype = 'f'`,
    );
    // A row needs no parents to grow old.
    for (const { table, key } of keys) {
      if (DATED.some((one) => one.table === table)) {
        await database.query(`alter table ${table} drop constraint if exists ${key}`);
      }
    }
    app = await startApp({ databaseUrl: database.url, env: { CRM_ROLE: 'api' } });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it.each(DATED)('is there on its last day and not on the next, in $table: $days', async (dated) => {
    const { table, days, row, open, left = 'true' } = dated;
    const at = (age: string): string => `from (values (now() - interval '${age}')) as instants (at)`;
    await database.query(`delete from ${table}`);
    await database.query(`insert into ${table} ${row} ${at(`${days - 1} days 23 hours`)}`);
    await database.query(`insert into ${table} ${row} ${at(`${days} days 1 hour`)}`);
    if (open !== undefined) await database.query(`insert into ${table} ${open} ${at('9000 days')}`);
    expect(await app.app.get(RetentionService).purge(table)).toEqual({ [table]: 1 });
    const rows = await database.query(`select from ${table} where ${left}`);
    expect(rows).toHaveLength(open === undefined ? 1 : 2);
    expect(await app.app.get(RetentionService).purge(table)).toEqual({});
  });

  it('is asked of every table that has such a rule', () => {
    const ruled = Object.entries(RETENTION).flatMap(([table, { kept }]) =>
      kept === 'for a time' ? [table] : [],
    );
    const asked = [...DATED.map(({ table }) => table), ...OF_THE_TESTS_ABOVE];
    expect(asked.toSorted()).toEqual(ruled.toSorted());
  });
});
