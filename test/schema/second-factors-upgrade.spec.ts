import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const SECOND_FACTORS = /^SecondFactors\d+$/;
const [OLD, NEW] = ['a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000002'];

describe('Sessions from before a proof had its own time', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, SECOND_FACTORS);
    await database.query(`
      insert into orgs (id, name) values (1, 'Acme Roofing');
      insert into users (id, org_id, email, full_name, password_hash) values (1, 1, 'ada@acme.test', 'Ada', 'x')`);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  /** As the version before inserts it, also while the new one runs beside it. */
  const beginAsBefore = (id: string): Promise<unknown> =>
    database.query(
      `insert into sessions (id, user_id, kind, begun_at, last_used_at, expires_at)
       values ($1, 1, 'program', '2026-03-02T08:00:00Z', '2026-03-02T09:00:00Z', '2026-04-01T08:00:00Z')`,
      [id],
    );

  it('were proven when they began; one that the version before begins beside it is proven now', async () => {
    await beginAsBefore(OLD);
    await migrate(database.ownerUrl);
    await beginAsBefore(NEW);
    const proofs = await database.query(
      `select id, confirmed_at = begun_at as "asItBegan", now() - confirmed_at < interval '1 minute' as "justNow"
         from sessions order by id`,
    );
    expect(proofs).toEqual([
      { id: OLD, asItBegan: true, justNow: false },
      { id: NEW, asItBegan: false, justNow: true },
    ]);
  });

  it('go on after the way back, and mails that the version before does not know are gone', async () => {
    await database.query(
      `insert into account_mails (id, kind, user_id, changed_by, next_attempt_at, created_at)
       values (gen_random_uuid(), 'second_factor_on', 1, 'self', now(), now()),
              (gen_random_uuid(), 'password_changed', 1, 'self', now(), now())`,
    );
    await revertToBefore(database, SECOND_FACTORS);
    const sessions = await database.query('select id from sessions order by id');
    expect(sessions).toEqual([{ id: OLD }, { id: NEW }]);
    expect(await database.query('select kind from account_mails')).toEqual([{ kind: 'password_changed' }]);
  });
});
