import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const MIGRATION = 'QuestionsOfNewerVersions1792972800085';

describe('A question that an earlier version has no words for', () => {
  let database: TestDatabase;
  const codes = async () =>
    (await database.query<{ code: string }>('select code from inbox_items order by id')).map(
      ({ code }) => code,
    );

  beforeAll(async () => {
    database = await cloneDatabase();
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`
      insert into inbox_items (id, org_id, subject, code, reason, next_step, state, created_at, updated_at, closed_at)
      select id, 1, 'document:' || id, code, 'It differs.', 'See why.', state, now(), now(),
             case when state <> 'open' then now() end
        from (values (1, 'customer_differs', 'open'), (2, 'payment_unknown', 'open'),
                     (3, 'page_elsewhere', 'dismissed'),
                     (4, 'total_differs', 'open'), (5, 'stripe_event_failed', 'open'),
                     (6, 'payment_on_other_invoice', 'open')) as i (id, code, state)`);
    await database.query(`
      insert into inbox_events (org_id, item_id, event, code, at)
      select 1, id, event, code, now()
        from (values (1, 'opened', 'customer_differs'), (2, 'opened', 'payment_unknown'),
                     (3, 'opened', 'page_elsewhere'), (3, 'dismissed', null), (4, 'opened', 'customer_differs'),
                     (4, 'changed', 'total_differs'), (5, 'opened', 'stripe_event_failed'),
                     (6, 'opened', 'payment_on_other_invoice'))
             as e (id, event, code)`);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('goes by one of its codes where migrations are taken back, and by its own after an upgrade', async () => {
    const before = await codes();
    await revertToBefore(database, MIGRATION);
    expect(await codes()).toEqual([
      'total_differs',
      'stripe_event_failed',
      'stripe_event_failed',
      'total_differs',
      'stripe_event_failed',
      'payment_unapplied',
    ]);
    await migrate(database.ownerUrl);
    expect(await codes()).toEqual(before);
  });
});
