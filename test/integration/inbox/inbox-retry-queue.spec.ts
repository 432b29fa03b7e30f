import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { createOrg, type TestOrg } from '../../support/people.js';

const ITEMS = 503;

describe('Retries that nobody works on yet', () => {
  let database: TestDatabase;
  let api: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    api = await startApp({ databaseUrl: database.url, env: { CRM_ROLE: 'api' } });
    org = await createOrg(api);
    await database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, retry, created_at, updated_at)
       select $1, 'customer.create:' || (900000 + n), 'subscription', 'Customer ' || n, 'Renew it.', 'together',
         now(), now()
         from generate_series(1, $2) n`,
      [org.orgId, ITEMS],
    );
  });

  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const retryAll = async () => (await org.admin.post('/inbox/retry', { code: 'subscription' })).body;
  const queued = async () =>
    (
      await database.query<{ count: number }>(
        'select count(*)::int as count from inbox_items where retry_queued_at is not null',
      )
    )[0]!.count;

  it('are taken five hundred at a time, each once, and wait for a worker', async () => {
    expect(await retryAll()).toMatchObject({ queued: 500, more: true, left: [] });
    const second = await retryAll();
    expect(second).toMatchObject({ queued: 3, more: false });
    expect(second.left).toHaveLength(500);
    expect(second.left[0].reason).toMatch(/being tried again already/);
    // of all that wait five hundred are named: that is nothing more to ask for
    expect(await retryAll()).toMatchObject({ queued: 0, more: false });
    expect(await queued()).toBe(ITEMS);
    expect(await database.query(`select from inbox_events where event = 'retried'`)).toEqual([]);
  });

  it('are carried out by the worker that starts later, and say what came of it', async () => {
    await using _worker = await startApp({ databaseUrl: database.url, env: { CRM_ROLE: 'worker' } });
    await eventually(async () => expect(await queued()).toBe(0));
    const outcomes = await database.query(
      `select outcome, user_id, count(*)::int as count, min(error) ~ '^There is no customer 90' as notified
         from inbox_events where event = 'retried' group by 1, 2`,
    );
    expect(outcomes).toEqual([{ outcome: 'open', user_id: org.admin.userId, count: ITEMS, notified: true }]);
  });

  it('are not begun again for an item that a person closed meanwhile', async () => {
    const [item] = (await org.admin.get('/inbox?limit=1')).body.items as { id: number }[];
    await retryAll();
    await org.admin.post(`/inbox/${item!.id}/dismiss`);
    const tried = async () =>
      (await database.query(`select from inbox_events where event = 'retried' and item_id = $1`, [item!.id]))
        .length;
    const before = await tried();
    await using _worker = await startApp({ databaseUrl: database.url, env: { CRM_ROLE: 'worker' } });
    await eventually(async () => expect(await queued()).toBe(0));
    expect(await tried()).toBe(before);
  });
});
