import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyProblem } from '../../src/platform/database/scope/app-role.js';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { migrate, revertMigration } from '../../src/platform/database/schema/migrate.js';
import {
  createStatement,
  DIRECTORY_TABLES,
  policiesOf,
} from '../../src/platform/database/scope/row-security.js';
import { inOrganisation, throughDoor } from '../../src/platform/database/scope/scope.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

/** Tables outside the directory that the product's role could see whole. */
const UNPROTECTED = `
  select relname as name from pg_class t
   where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm', 'f') and relname <> 'migrations'
     and relname <> all ($1) and not (relrowsecurity and relforcerowsecurity and exists (
       select from pg_policy p where p.polrelid = t.oid and p.polname = 'by_organisation'))`;

const EMAILS = 'select email from customers order by email';

describe('The second wall between organisations: a statement of the product', () => {
  let database: TestDatabase;
  let product: DataSource;
  let alpha: number;
  let beta: number;

  beforeAll(async () => {
    database = await cloneDatabase();
    const orgs = await database.query<{ id: number }>(
      `insert into orgs (name) values ('Alpha Roofing'), ('Beta Roofing') returning id`,
    );
    [alpha, beta] = orgs.map(({ id }) => id) as [number, number];
    await database.query(
      `insert into customers (org_id, email, full_name)
       values ($1, 'ann@alpha.test', 'Ann'), ($2, 'ben@beta.test', 'Ben'), ($2, 'bob@beta.test', 'Bob')`,
      [alpha, beta],
    );
    product = await openDataSource(database.url);
  });

  afterAll(async () => {
    await product.destroy();
    await database[Symbol.asyncDispose]();
  });

  const emails = async (of: Pick<DataSource, 'query'> = product): Promise<string[]> =>
    (await of.query<{ email: string }[]>(EMAILS)).map(({ email }) => email);

  it('sees nothing outside an organisation and a door', async () => {
    expect(await emails()).toEqual([]);
    expect(await product.query('select from customers where org_id = $1', [alpha])).toEqual([]);
  });

  it('sees the rows of its organisation, whatever its conditions forget or ask for', async () => {
    expect(await inOrganisation(alpha, () => emails())).toEqual(['ann@alpha.test']);
    expect(await inOrganisation(beta, () => emails())).toEqual(['ben@beta.test', 'bob@beta.test']);
    const foreign = () => product.query('select email from customers where org_id = $1', [beta]);
    expect(await inOrganisation(alpha, foreign)).toEqual([]);
  });

  it('neither changes, deletes nor adds rows of another', async () => {
    const [, changed] = await inOrganisation(alpha, () =>
      product.query<[unknown, number]>(`update customers set full_name = 'X' where org_id = $1`, [beta]),
    );
    const [, deleted] = await inOrganisation(alpha, () =>
      product.query<[unknown, number]>('delete from customers where org_id = $1', [beta]),
    );
    expect({ changed, deleted }).toEqual({ changed: 0, deleted: 0 });
    const add = () =>
      product.query(`insert into customers (org_id, email, full_name) values ($1, 'x@x.test', 'X')`, [beta]);
    await expect(inOrganisation(alpha, add)).rejects.toThrow('row-level security policy');
    await expect(
      inOrganisation(alpha, () => product.query('update customers set org_id = $1', [beta])),
    ).rejects.toThrow('row-level security policy');
  });

  it('goes to all of them through a door, and only to what the door leads to', async () => {
    expect(await throughDoor('overview', () => emails())).toHaveLength(3);
    expect(await throughDoor('lookup', () => emails())).toEqual([]);
    const [, count] = await throughDoor('overview', () =>
      product.query<[unknown, number]>(`update customers set full_name = 'X'`),
    );
    expect(count).toBe(0);
  });

  it('keeps its scope in a transaction, and is not in that of the statement before', async () => {
    await product.transaction(async (tx) => {
      expect(await emails(tx)).toEqual([]);
      const both = await Promise.all([
        inOrganisation(alpha, () => emails(tx)),
        inOrganisation(beta, () => emails(tx)),
      ]);
      expect(both.map(({ length }) => length)).toEqual([1, 2]);
      expect(await emails(tx)).toEqual([]);
      await inOrganisation(beta, async () => {
        expect(await emails(tx)).toHaveLength(2);
        await tx
          .transaction(async (nested) => {
            await throughDoor('overview', () => emails(nested));
            throw new Error('back to the savepoint');
          })
          .catch(() => {});
        expect(await emails(tx)).toHaveLength(2);
      });
    });
  });

  it('leaves nothing behind on a connection that goes back to a pool', async () => {
    const one = await openDataSource(database.url, 1);
    try {
      await inOrganisation(alpha, () => emails(one));
      for (const _again of [1, 2]) {
        expect(await inOrganisation(alpha, () => one.transaction((tx) => emails(tx)))).toHaveLength(1);
      }
      await inOrganisation(alpha, () => one.query('select 1/0 from customers')).catch(() => {});
      expect(
        await one.query(
          `select current_setting('crm.org_id', true) as org, current_setting('crm.door', true) as door`,
        ),
      ).toEqual([{ org: '', door: '' }]);
      expect(await emails(one)).toEqual([]);
    } finally {
      await one.destroy();
    }
  });

  it('is refused where the work of one organisation turns to another', () => {
    expect(() => inOrganisation(alpha, () => inOrganisation(beta, () => 0))).toThrow(
      `Work for organisation ${alpha} turned to organisation ${beta}.`,
    );
    expect(inOrganisation(alpha, () => inOrganisation(alpha, () => 'the same'))).toBe('the same');
  });

  it('may neither make tables nor take a table over', async () => {
    await expect(product.query('create table stray (id integer)')).rejects.toThrow('permission denied');
    await expect(product.query('alter table customers disable row level security')).rejects.toThrow(
      'must be owner',
    );
    await expect(product.query('delete from migrations')).rejects.toThrow('permission denied');
  });

  it.each(['audit_log', 'revenue_events'])(
    'may read and add to %s, and neither change, delete nor empty it',
    async (table) => {
      const commands = ['select', 'insert', 'update', 'delete', 'truncate'];
      const rights = await product.query<{ command: string }[]>(
        `select command from unnest($2::text[]) command
        where has_table_privilege($1, command)`,
        [table, commands],
      );
      expect(rights.map(({ command }) => command)).toEqual(['select', 'insert']);
    },
  );

  it('finds the policies on every table of organisations; a new one gets them by the next migration', async () => {
    const unprotected = async () =>
      (await database.query<{ name: string }>(UNPROTECTED, [DIRECTORY_TABLES])).map(({ name }) => name);
    expect(await unprotected()).toEqual([]);
    await database.query(
      'create table stray (org_id integer not null, id integer, primary key (org_id, id))',
    );
    try {
      expect(await unprotected()).toEqual(['stray']);
      await migrate(database.ownerUrl, database.url);
      expect(await unprotected()).toEqual([]);
      await database.query('insert into stray values ($1, 1)', [alpha]);
      expect(await product.query('select id from stray')).toEqual([]);
      expect(await inOrganisation(alpha, () => product.query('select id from stray'))).toEqual([{ id: 1 }]);
    } finally {
      await database.query('drop table stray');
    }
  });

  it('sees no more through a view, which belongs to the owner of the tables', async () => {
    await database.query('create view stray_view as select email from customers');
    await migrate(database.ownerUrl, database.url);
    try {
      expect(await product.query('select from stray_view')).toEqual([]);
      expect(await inOrganisation(alpha, () => product.query('select email from stray_view'))).toHaveLength(
        1,
      );
      expect(await database.query('select email from stray_view')).toHaveLength(3);
    } finally {
      await database.query('drop view stray_view');
    }
  });

  it('is made by a role for whom the policies hold, which production asks before it starts', async () => {
    expect(await policyProblem(database.url)).toBeNull();
    const problem = await policyProblem(database.ownerUrl);
    expect(problem).toMatch(
      /^DATABASE_URL signs in as crm, which is a superuser and has BYPASSRLS and owns the tables/,
    );
    expect(problem).toContain('Set DATABASE_MIGRATE_URL to the address that DATABASE_URL has now');
  });

  it('sees all of a directory table again that a version before had taken for an organisation’s', async () => {
    // As the start of 0.3.0 does, where an installation goes back to its image for a while.
    for (const policy of policiesOf('stripe_accounts', 'crm'))
      await database.query(createStatement('stripe_accounts', policy));
    await database.query('alter table stripe_accounts enable row level security, force row level security');
    await database.query(
      `insert into stripe_accounts (org_id, account_id, fetched_until, checked_at)
       values ($1, 'acct_alpha', now(), now()), ($2, 'acct_beta', now(), now())`,
      [alpha, beta],
    );
    const accounts = () => product.query<unknown[]>('select from stripe_accounts');
    expect(await accounts()).toHaveLength(0);
    await migrate(database.ownerUrl, database.url);
    expect(await accounts()).toHaveLength(2);
  });

  it('is kept by an operator’s own policy from what it keeps of a directory table, whatever migrates', async () => {
    await database.query(`
      create policy own_reports on users for select using (email like '%@alpha.test');
      alter table users enable row level security, force row level security;
      insert into users (org_id, email, full_name, password_hash)
        values (${alpha}, 'ann@alpha.test', 'Ann', 'x'), (${beta}, 'ben@beta.test', 'Ben', 'x')`);
    for (const policy of policiesOf('users', 'crm')) await database.query(createStatement('users', policy));
    try {
      await migrate(database.ownerUrl, database.url);
      expect(await product.query('select email from users')).toEqual([{ email: 'ann@alpha.test' }]);
    } finally {
      await database.query('drop policy own_reports on users; alter table users disable row level security');
    }
  });

  it.each([
    {
      why: 'the newest migration is of a newer version',
      before: `insert into migrations (timestamp, name) values (9999999999999, 'OfANewerVersion9999999999999')`,
      says: 'is of a newer version',
      after: `delete from migrations where name = 'OfANewerVersion9999999999999'`,
    },
    {
      why: 'one cannot be taken back',
      before: `create function keep() returns trigger language plpgsql as 'begin raise exception ''It stays''; end';
               create trigger keep before delete on migrations execute function keep()`,
      says: /cannot be taken back: It stays\. Nothing of it was changed\. .* npm run migrate .* the backup of before/,
      after: 'drop function keep cascade',
    },
    {
      why: 'a process holds what is to be changed',
      before: `create function keep() returns trigger language plpgsql as
                 'begin raise exception ''canceling statement due to lock timeout'' using errcode = ''55P03''; end';
               create trigger keep before delete on migrations execute function keep()`,
      says: /due to lock timeout\. Nothing of it was changed\. Stop every process [^.]*, and run it again\.$/,
      after: 'drop function keep cascade',
    },
    {
      why: 'the connection ends',
      before: `create function keep() returns trigger language plpgsql as
                 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
               create trigger keep before delete on migrations execute function keep()`,
      says: /The database went away while \w+ was taken back: .* Whether it was is not known: .* table migrations/,
      after: 'drop function keep cascade',
    },
  ])('sees what it saw where migrations are to be taken back and $why', async ({ before, says, after }) => {
    const seen = () => inOrganisation(alpha, () => emails());
    const rows = await seen();
    expect(rows).not.toEqual([]);
    await database.query(before);
    try {
      await expect(revertMigration(database.ownerUrl)).rejects.toThrow(says);
      expect(await seen()).toEqual(rows);
    } finally {
      await database.query(after);
    }
  });

  it('sees what a newer version has it see, where an older process starts beside it', async () => {
    // What the newer version made of them, and its migration: a pod that restarts may still be of the older image.
    const newest = `'OfANewerVersion9999999999999'`;
    await database.query(`
      insert into migrations (timestamp, name) values (9999999999999, ${newest});
      comment on policy by_organisation on customers is 'sha256:of a newer version';
      comment on function qbo_pace_share is 'sha256:of a newer version';
      revoke update on leads from "${new URL(database.url).username}"`); // which that version only adds to
    const marks = () =>
      database.query<{ mark: string }>(
        `select obj_description(oid, 'pg_policy') as mark from pg_policy
          where polrelid = 'customers'::regclass and polname = 'by_organisation'
          union all
         select obj_description(oid, 'pg_proc') from pg_proc where proname = 'qbo_pace_share'`,
      );
    const ofNewer = { mark: 'sha256:of a newer version' };
    try {
      expect(await migrate(database.ownerUrl, database.url)).toEqual([]);
      expect(await marks()).toEqual([ofNewer, ofNewer]);
      const change = inOrganisation(alpha, () =>
        product.query(`update leads set name = 'X' where org_id = $1`, [alpha]),
      );
      await expect(change).rejects.toThrow('permission denied');
    } finally {
      await database.query(`delete from migrations where name = ${newest}`);
      await migrate(database.ownerUrl, database.url);
    }
    expect(await marks()).not.toContainEqual(ofNewer);
  });

  it('is mended where somebody took a policy away', async () => {
    await database.query('drop policy by_organisation on customers');
    expect(await inOrganisation(alpha, () => emails())).toEqual([]);
    await migrate(database.ownerUrl, database.url);
    expect(await inOrganisation(alpha, () => emails())).toEqual(['ann@alpha.test']);
  });
});
