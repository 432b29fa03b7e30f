import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RETENTION } from '../../src/jobs/retention.js';
import { RetentionService } from '../../src/jobs/retention.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

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
