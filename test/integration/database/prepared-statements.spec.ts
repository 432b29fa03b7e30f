import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SESSION_LIMITS } from '../../../src/platform/database/connection.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import { findByKey } from '../../../src/platform/database/statements/find-by-key.js';
import { StoredOrgSettings } from '../../../src/orgs/settings/org-settings.entity.js';
import { prepared, preparedName } from '../../../src/platform/database/statements/prepared.js';
import { limitsProblem } from '../../../src/platform/database/session-limits.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { startDatabaseProxy } from '../../support/database-proxy.js';

const NAMES = prepared('select name from customer_tags where $1::int / $2::int = 1 order by name');

/** A pool of one connection, so that each statement meets what the one before has left. */
async function connected(database: TestDatabase, prepares: boolean): Promise<DataSource> {
  return new DataSource(dataSourceOptions(database.url, 1, { prepares })).initialize();
}

async function keptBy(pool: DataSource): Promise<string[]> {
  const rows = await pool.query<{ name: string }[]>('select name from pg_prepared_statements order by name');
  return rows.map(({ name }) => name);
}

describe('A statement of nearly every request', () => {
  let database: TestDatabase;
  let pool: DataSource;

  beforeAll(async () => {
    database = await cloneDatabase();
    const owner = await new DataSource(dataSourceOptions(database.ownerUrl, 1)).initialize();
    await owner.query(
      `create table customer_tags (org_id int, name varchar(20));
       insert into customer_tags values (1, 'gold'), (2, 'silver');
       alter table customer_tags enable row level security;
       create policy by_organisation on customer_tags
         using (org_id = (select nullif(current_setting('crm.org_id', true), '')::integer));
       grant select on customer_tags to public`,
    );
    await owner.destroy();
    pool = await connected(database, true);
  });

  afterAll(async () => {
    await pool.destroy();
    await database[Symbol.asyncDispose]();
  });

  const namesOf = (orgId: number, divisor = 1) =>
    inOrganisation(orgId, () => pool.query<{ name: string }[]>(NAMES, [1, divisor]));

  it('keeps its plan on the connection and sees the rows of whoever asks, organisation by organisation', async () => {
    for (let round = 0; round < 7; round += 1) {
      expect(await namesOf(1)).toEqual([{ name: 'gold' }]);
      expect(await namesOf(2)).toEqual([{ name: 'silver' }]);
    }
    expect(await keptBy(pool)).toEqual([expect.stringMatching(/^crm_[0-9a-f]{24}$/), 'crm_scope']);
  });

  it('sees no row outside of every organisation', async () => {
    expect(await pool.query(NAMES, [1, 1])).toEqual([]);
  });

  it('runs again after it failed, and after it failed in a transaction', async () => {
    await expect(namesOf(1, 0)).rejects.toThrow('division by zero');
    expect(await namesOf(2)).toEqual([{ name: 'silver' }]);
    const failing = pool.transaction(async (tx) => {
      await inOrganisation(1, () => tx.query(NAMES, [1, 0])).catch(() => {});
      return inOrganisation(2, () => tx.query(NAMES, [1, 1]));
    });
    await expect(failing).rejects.toThrow('transaction is aborted');
    expect(await namesOf(2)).toEqual([{ name: 'silver' }]);
  });

  it('is read anew where a migration changed what it answers', async () => {
    const owner = await new DataSource(dataSourceOptions(database.ownerUrl, 1)).initialize();
    await owner.query('alter table customer_tags alter column name type varchar(40)');
    await owner.destroy();
    await namesOf(1).catch(() => {}); // the kept plan fits no more
    expect(await namesOf(1)).toEqual([{ name: 'gold' }]);
  });

  it('is not prepared where a pooler shows itself when the connection is made', async () => {
    await using proxy = await startDatabaseProxy(database.url, { pooler: true });
    const pooled = await connected({ ...database, url: proxy.url }, true);
    expect(await inOrganisation(1, () => pooled.query(NAMES, [1, 1]))).toEqual([{ name: 'gold' }]);
    expect(await keptBy(pooled)).toEqual([]);
    await pooled.destroy();
    await using direct = await startDatabaseProxy(database.url);
    const alone = await connected({ ...database, url: direct.url }, true);
    await inOrganisation(1, () => alone.query(NAMES, [1, 1]));
    expect(await keptBy(alone)).toHaveLength(2);
    await alone.destroy();
  });

  it('has the limits of time that its address asks for: that is no pooler, which a start would warn of', async () => {
    const asking = new URL(database.url);
    asking.searchParams.set('statement_timeout', '60000');
    asking.searchParams.set('lock_timeout', '0');
    expect(await limitsProblem(asking.toString())).toBeNull();
    await using pooler = await startDatabaseProxy(asking.toString(), { ignored: ['statement_timeout'] });
    expect(await limitsProblem(pooler.url)).toMatch(/ and not 60s/);
  });

  it('has its limits of time by its role where a pooler ignores them; a start says which are lacking', async () => {
    const limits = Object.keys(SESSION_LIMITS);
    await using pooler = await startDatabaseProxy(database.url, { ignored: limits });
    const role = new URL(database.url).username;
    const problem = await limitsProblem(pooler.url);
    for (const limit of limits) expect(problem).toContain(`${limit} is off and not `);
    expect(await limitsProblem(database.url)).toBeNull();
    const [here] = await database.query<{ name: string }>('select current_database() as name');
    const ofRole = `alter role "${role}" in database ${here!.name} set`;
    await database.query(`${ofRole} statement_timeout = '20s'; ${ofRole} lock_timeout = '10s'`);
    await database.query(`${ofRole} idle_in_transaction_session_timeout = '2h'`);
    expect(await limitsProblem(pooler.url)).toBe(
      'A pooler ignores the limits of time that connections by DATABASE_URL ask for: ' +
        'idle_in_transaction_session_timeout is 2h and not 30s. Give them to the role, as an administrator: ' +
        `ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '30s'; ` +
        'Then have the pooler connect anew: RECONNECT in the console of PgBouncer.',
    );
  });

  it('has a name of its text, so that processes that share a session mean the same by it', () => {
    const text = 'select name from customer_tags order by name desc';
    const name = preparedName(prepared(text));
    expect(name).toBe(`crm_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`);
    expect(preparedName(prepared(`${text} limit 1`))).not.toBe(name);
  });

  it('is not prepared any more once a pooler nobody told of has shown itself', async () => {
    const pooled = await connected(database, true);
    await inOrganisation(1, () => pooled.query(NAMES, [1, 1]));
    await pooled.query('deallocate all'); // as another session has it
    await expect(inOrganisation(1, () => pooled.query(NAMES, [1, 1]))).rejects.toThrow('does not exist');
    expect(await inOrganisation(1, () => pooled.query(NAMES, [1, 1]))).toEqual([{ name: 'gold' }]);
    expect(await keptBy(pooled)).toEqual([]);
    await pooled.destroy();
  });

  it('finds a row by its key as TypeORM finds it', async () => {
    const options = dataSourceOptions(database.url, 1, { prepares: true });
    const settings = await new DataSource({ ...options, entities: [StoredOrgSettings] }).initialize();
    const tx = settings.manager;
    const [{ id: orgId } = { id: 0 }] = await database.query<{ id: number }>(
      `insert into orgs (name) values ('Acme Roofing') returning id`,
    );
    await inOrganisation(orgId, () =>
      tx.insert(StoredOrgSettings, { orgId, depositPercent: 12.5, invoicesFrom: '2026-11-01' }),
    );
    const found = await inOrganisation(orgId, () => findByKey(tx, StoredOrgSettings, { orgId }));
    expect(found).toBeInstanceOf(StoredOrgSettings);
    expect(found).toMatchObject({ depositPercent: 12.5, invoicesFrom: '2026-11-01' });
    expect(found).toStrictEqual(
      await inOrganisation(orgId, () => tx.findOneBy(StoredOrgSettings, { orgId })),
    );
    expect(await inOrganisation(orgId + 1, () => findByKey(tx, StoredOrgSettings, { orgId }))).toBeNull();
    await settings.destroy();
  });

  it('is not kept where a pooler mixes sessions', async () => {
    const pooled = await connected(database, false);
    const names = await inOrganisation(1, () => pooled.query(NAMES, [1, 1]));
    expect(names).toEqual([{ name: 'gold' }]);
    expect(await keptBy(pooled)).toEqual([]);
    await pooled.destroy();
  });
});
