import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const SESSIONS = /^Sessions\d+$/;
const FAMILIES = {
  program: 'a0000000-0000-4000-8000-000000000001',
  browser: 'a0000000-0000-4000-8000-000000000002',
  ended: 'a0000000-0000-4000-8000-000000000003',
};

describe('Sign-ins from before they were rows', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, SESSIONS);
    await database.query(`
      insert into orgs (id, name) values (1, 'Acme Roofing');
      insert into users (id, org_id, email, full_name, password_hash) values (1, 1, 'ada@acme.test', 'Ada', 'x')`);
    const ticket = (family: string, hash: string, issued: string, life: string, revoked: string | null) =>
      database.query(
        `insert into refresh_tokens (user_id, family_id, token_hash, issued_at, expires_at, revoked_at)
         values (1, $1, $2, $3, $3::timestamptz + $4::interval, $5)`,
        [family, Buffer.from(hash), issued, life, revoked],
      );
    await ticket(FAMILIES.program, 'p1', '2026-03-02T08:00:00Z', '30 days', null);
    await ticket(FAMILIES.program, 'p2', '2026-03-02T09:00:00Z', '719 hours', null);
    await ticket(FAMILIES.browser, 'b1', '2026-03-02T08:00:00Z', '12 hours', null);
    await ticket(FAMILIES.ended, 'e1', '2026-03-02T08:00:00Z', '30 days', '2026-03-02T10:00:00Z');
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('are sessions of programs and browsers that hold or ended as before, and go back', async () => {
    await migrate(database.ownerUrl);
    const sessions = await database.query(
      `select id, kind, last_used_at as used, expires_at as expires, ended_at as ended from sessions order by id`,
    );
    const at = (instant: string): Date => new Date(instant);
    const [used, expires, ended] = [at('2026-03-02T08:00:00Z'), at('2026-04-01T08:00:00Z'), null];
    expect(sessions).toEqual([
      { id: FAMILIES.program, kind: 'program', used: at('2026-03-02T09:00:00Z'), expires, ended },
      { id: FAMILIES.browser, kind: 'browser', used, expires: at('2026-03-02T20:00:00Z'), ended },
      { id: FAMILIES.ended, kind: 'program', used, expires, ended: at('2026-03-02T10:00:00Z') },
    ]);
    await revertToBefore(database, SESSIONS);
    const tickets = await database.query(
      `select family_id as family, count(*)::int as tickets, max(revoked_at) as ended
         from refresh_tokens group by 1 order by 1`,
    );
    expect(tickets).toEqual([
      { family: FAMILIES.program, tickets: 2, ended: null },
      { family: FAMILIES.browser, tickets: 1, ended: null },
      { family: FAMILIES.ended, tickets: 1, ended: at('2026-03-02T10:00:00Z') },
    ]);
  });
});
