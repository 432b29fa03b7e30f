import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const BEFORE = 'FromEarlierVersions1792627200081';
const LEFT_OUT = 'Events of type refund.failed have no effect here.';

/** With the payment that it is about. */
async function aLostDispute(database: TestDatabase, stripeId: string): Promise<void> {
  await database.query(
    `insert into leads (id, org_id, name, status, currency) values (1, 1, 'Roof', 'lead', 'USD')`,
  );
  await database.query(`
    insert into checkout_sessions (org_id, id, proposal_id, idempotency_key, request, status, amount_cents, total_cents,
                                   deposit_percent, currency)
    values (1, 1, 1, 'k1', '{}', 'paid', 300, 1000, 30, 'USD')`);
  await database.query(`
    insert into payments (org_id, id, proposal_id, checkout_session_id, stripe_session_id, amount_cents, currency,
                          paid_at)
    values (1, 1, 1, 1, 'cs_1', 300, 'USD', now())`);
  await database.query(
    `insert into disputes (org_id, proposal_id, payment_id, stripe_dispute_id, amount_cents, currency, state,
                           stripe_status, reason, status_at, created_at, updated_at)
     values (1, 1, 1, $1, 300, 'USD', 'lost', 'lost', 'fraudulent', now(), now(), now())`,
    [stripeId],
  );
}

describe('What an earlier version left', () => {
  let database: TestDatabase;
  const items = () => database.query(`select id::int as id, subject, state from inbox_items order by id`);
  const events = () => database.query(`select item_id::int as item, event from inbox_events order by id`);

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, BEFORE);
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`
      insert into customers (id, org_id, email)
      select n, 1, 'ann-' || n || '@example.com' from generate_series(1, 4) n`);
    await database.query(`
      insert into sync_operations (id, org_id, kind, entity_id, generation, request_id, payload, state, realm_id,
                                   qbo_id, next_attempt_at, created_at, updated_at)
      select id, 1, 'customer.currency', entity_id, generation, 'r' || id,
             jsonb_build_object('currency', currency), state, '9341',
             case when state = 'done' then '5' || id end, now(), now(), now()
        from (values (1, 1, 1, 'EUR', 'refused'), (2, 2, 1, 'EUR', 'refused'), (3, 2, 2, 'JPY', 'done'),
                     (4, 2, 3, 'EUR', 'done'), (5, 3, 1, 'EUR', 'refused'), (6, 4, 1, 'EUR', 'refused'),
                     (7, 4, 2, 'JPY', 'refused')) as o (id, entity_id, generation, currency, state)`);
    await database.query(`
      insert into inbox_items (id, org_id, subject, code, reason, next_step, state, customer_id, operation_id,
                               created_at, updated_at, closed_at)
      select id, 1, subject, 'not_found', 'It is not there.', 'Mend it.', state, customer_id, operation_id,
             now(), now(), case when state <> 'open' then now() end
        from (values (1, 'customer.currency:1', 'open', 1, 1), (2, 'customer.currency:2', 'open', 2, 2),
                     (3, 'customer.currency:3', 'open', 3, 5), (4, 'customer.currency:3:EUR', 'open', 3, 5),
                     (5, 'customer.currency:4', 'dismissed', 4, 6), (6, 'customer.currency:4', 'open', 4, 7),
                     (7, 'customer.create:4', 'open', 4, null))
             as i (id, subject, state, customer_id, operation_id)`);
    await database.query(
      `insert into stripe_events (event_id, type, received_at, body, content_hash, state, error, wake_at,
                                  processed_at)
       select id, type, now(), body::jsonb, id, state, error, now(), now()
         from (values
           ('evt_1', 'refund.failed', 'ignored', $1, '{"created": 1, "data": {"object": {"id": "re_1"}}}'),
           ('evt_2', 'refund.failed', 'ignored', 'Over.', '{"created": 2, "data": {"object": {"id": "re_2"}}}'),
           ('evt_3', 'refund.failed', 'ignored', $1, '{"data": {"object": {"id": "re_3"}}}'),
           ('evt_4', 'charge.dispute.closed', 'processed', null, '{"created": 4, "data": {"object": {"id": "du_1"}}}'),
           ('evt_5', 'charge.dispute.updated', 'ignored', $2, '{"created": 5, "data": {"object": {"id": "du_1"}}}')
         ) as e (id, type, state, error, body)`,
      [LEFT_OUT, LEFT_OUT.replace('refund.failed', 'charge.dispute.updated')],
    );
    await aLostDispute(database, 'du_1');
    await migrate(database.ownerUrl);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('about a customer’s record names its currency, and is closed where it came right or is asked anew', async () => {
    expect(await items()).toEqual([
      { id: 1, subject: 'customer.currency:1:EUR', state: 'open' },
      { id: 2, subject: 'customer.currency:2:EUR', state: 'resolved' },
      { id: 3, subject: 'customer.currency:3:EUR', state: 'resolved' },
      { id: 4, subject: 'customer.currency:3:EUR', state: 'open' },
      { id: 5, subject: 'customer.currency:4:EUR', state: 'dismissed' },
      { id: 6, subject: 'customer.currency:4:JPY', state: 'open' },
      { id: 7, subject: 'customer.create:4', state: 'open' },
    ]);
    expect(await events()).toEqual([
      { item: 2, event: 'resolved' },
      { item: 3, event: 'resolved' },
    ]);
  });

  it('unread of what became of refunds and disputes is read, unless it was or its text is erased', async () => {
    const kept = await database.query(
      `select event_id as id, state, error from stripe_events order by event_id`,
    );
    expect(kept).toEqual([
      { id: 'evt_1', state: 'pending', error: null },
      { id: 'evt_2', state: 'ignored', error: 'Over.' },
      { id: 'evt_3', state: 'ignored', error: LEFT_OUT },
      { id: 'evt_4', state: 'processed', error: null },
      { id: 'evt_5', state: 'pending', error: null },
    ]);
    const since = 'select extract(epoch from status_at)::int as since from disputes';
    expect(await database.query(since)).toEqual([{ since: 4 }]);
  });

  it('about a customer’s records is one question again where the migration is taken back', async () => {
    await database.query(`
      insert into inbox_items (id, org_id, subject, code, reason, next_step, customer_id, operation_id,
                               created_at, updated_at)
      values (8, 1, 'customer.currency:4:EUR', 'not_found', 'It is not there.', 'Mend it.', 4, 6, now(), now())`);
    await revertToBefore(database, BEFORE);
    const open = (await items())
      .filter(({ state }) => state === 'open')
      .map(({ id, subject }) => [id, subject]);
    expect(open).toEqual([
      [1, 'customer.currency:1'],
      [4, 'customer.currency:3'],
      [7, 'customer.create:4'],
      [8, 'customer.currency:4'],
    ]);
  });
});
