import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const MEMBERSHIPS = /^Memberships\d+$/;
const sessionId = (n: number): string => `a0000000-0000-4000-8000-00000000000${n}`;

describe('People from before they could be in several organisations', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, MEMBERSHIPS);
    await database.query(`
      insert into orgs (id, name) values (1, 'Acme Roofing'), (2, 'Beta Roofing');
      insert into users (id, org_id, email, full_name, password_hash, is_active, token_epoch, created_at) values
        (1, 1, 'ada@acme.test', 'Ada', 'x', true, 3, '2026-01-01T00:00:00Z'),
        (2, 1, 'sam@acme.test', 'Sam', 'x', false, 1, '2026-01-02T00:00:00Z'),
        (3, 2, 'bea@beta.test', 'Bea', 'x', true, 0, '2026-01-03T00:00:00Z'),
        (9, 2, 'erased-9@erased.invalid', 'Former person', 'x', false, 1, '2026-01-09T00:00:00Z');
      insert into user_roles (user_id, role_id) values (1, 1), (1, 2), (2, 3), (3, 1);
      insert into second_factors (user_id, secret_encrypted, created_at, confirmed_at, last_step)
      values (1, 'secret', now(), now(), 1), (3, 'secret', now(), now(), 1)`);
    await beginAsBefore(1, 1);
    await beginAsBefore(2, 3);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  /** As the version before inserts it, also while the new one runs beside it. */
  const beginAsBefore = async (n: number, userId: number): Promise<unknown> =>
    database.query(
      `insert into sessions (id, user_id, kind, begun_at, last_used_at, expires_at)
       values ($1, $2, 'program', now(), now(), now() + interval '30 days')`,
      [sessionId(n), userId],
    );
  const people = () =>
    database.query(
      `select u.id, u.org_id as org, u.is_active as active, u.token_epoch as epoch,
         array(select role_id::int from user_roles r where r.user_id = u.id order by 1) as roles
       from users u order by u.id`,
    );

  it('are members of the one they were in, as they were; so are their roles, sign-ins and factors', async () => {
    const before = await people();
    await migrate(database.ownerUrl);
    expect(await people()).toEqual(before);
    const members = await database.query(
      `select org_id as org, user_id as person, is_active as active, token_epoch as epoch, created_at as since,
              erased_at is not null as erased
         from memberships order by 2`,
    );
    const since = (day: number): Date => new Date(Date.UTC(2026, 0, day));
    expect(members).toEqual([
      { org: 1, person: 1, active: true, epoch: 0, since: since(1), erased: false },
      { org: 1, person: 2, active: false, epoch: 0, since: since(2), erased: false },
      { org: 2, person: 3, active: true, epoch: 0, since: since(3), erased: false },
      { org: 2, person: 9, active: false, epoch: 0, since: since(9), erased: true },
    ]);
    for (const table of ['user_roles', 'sessions', 'second_factors']) {
      const [strays] = await database.query(
        `select count(*)::int as count from ${table} r join users u on u.id = r.user_id where r.org_id <> u.org_id`,
      );
      expect({ table, ...strays }).toEqual({ table, count: 0 });
    }
  });

  it('are added by the version before too, while both run', async () => {
    await database.query(
      `insert into users (id, org_id, email, full_name, password_hash) values (4, 2, 'new@beta.test', 'New', 'x')`,
    );
    await database.query('insert into user_roles (user_id, role_id) values (4, 4)');
    await beginAsBefore(3, 4);
    const [added] = await database.query(
      `select m.org_id as org, m.is_active as active, r.role_id::int as role, s.org_id as session
         from memberships m join user_roles r using (org_id, user_id) join sessions s using (org_id, user_id)
        where m.user_id = 4`,
    );
    expect(added).toEqual({ org: 2, active: true, role: 4, session: 2 });
  });

  it('are let in and out by the version before too, while both run', async () => {
    const member = async () => {
      const [row] = await database.query<{ active: boolean; epoch: string }>(
        'select is_active as active, token_epoch::text as epoch from memberships where user_id = 4',
      );
      return row;
    };
    await database.query('update users set is_active = false where id = 4');
    expect(await member()).toEqual({ active: false, epoch: '1' });
    await database.query('update users set is_active = true where id = 4');
    expect(await member()).toEqual({ active: true, epoch: '1' });
  });

  it('cannot be last in an organisation they are not in', async () => {
    const stray = database.query('update users set org_id = 2 where id = 1');
    await expect(stray).rejects.toThrow('users_membership_fkey');
  });

  it('stay, on the way back, in the organisation they used last of those that let them in', async () => {
    await database.query(`
      insert into memberships (org_id, user_id, is_active, token_epoch) values (2, 1, true, 5), (1, 3, true, 0);
      insert into user_roles (org_id, user_id, role_id) values (2, 1, 4), (1, 3, 2);
      update memberships set is_active = false where org_id = 2 and user_id = 3;
      update users set org_id = 2 where id = 1`);
    await database.query('update sessions set org_id = 1 where id = $1', [sessionId(2)]);
    await revertToBefore(database, MEMBERSHIPS);
    expect(await people()).toEqual([
      { id: 1, org: 2, active: true, epoch: 8, roles: [4] },
      { id: 2, org: 1, active: false, epoch: 1, roles: [3] },
      { id: 3, org: 1, active: true, epoch: 0, roles: [2] },
      { id: 4, org: 2, active: true, epoch: 1, roles: [4] },
      { id: 9, org: 2, active: false, epoch: 1, roles: [] },
    ]);
    const sessions = await database.query(
      'select user_id as person, ended_at is not null as over from sessions order by id',
    );
    expect(sessions).toEqual([
      { person: 1, over: true },
      { person: 3, over: false },
      { person: 4, over: false },
    ]);
    expect(await database.query('select user_id as person from second_factors')).toEqual([]);
  });

  it('go forward again from there', async () => {
    await migrate(database.ownerUrl);
    const members = await database.query(
      'select org_id as org, user_id as person from memberships order by 2',
    );
    expect(members).toEqual([
      { org: 2, person: 1 },
      { org: 1, person: 2 },
      { org: 1, person: 3 },
      { org: 2, person: 4 },
      { org: 2, person: 9 },
    ]);
  });
});
