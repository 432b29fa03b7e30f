import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

/** Columns of our tables, with the OID of the table and the position of the column. */
const COLUMNS = `
  select t.oid as table_id, t.relname as "table", a.attname as "column", a.attnum as position,
    format_type(a.atttypid, a.atttypmod) as type
  from pg_attribute a join pg_class t on t.oid = a.attrelid
  where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and t.relname <> 'migrations'
    and a.attnum > 0 and not a.attisdropped`;

/** Money that is not bigint. */
const NARROW_MONEY = `
  select "table" || '.' || "column" as name from (${COLUMNS}) as columns
  where "column" like '%\\_cents' and type <> 'bigint'`;

/** Tables of tenants without a foreign key that carries the tenant. */
const TENANTLESS = `
  select "table" as name from (${COLUMNS}) as columns
  where "column" = 'org_id' and not exists (
    select from pg_constraint c where c.conrelid = table_id and c.contype = 'f' and position = any(c.conkey))`;

/** Constraints and indexes that PostgreSQL or TypeORM named, not a person. */
const NAMELESS = `
  select named.name from (
    select conname as name, conrelid as table_id from pg_constraint where contype <> 'n'
    union all
    select c.relname, i.indrelid from pg_index i join pg_class c on c.oid = i.indexrelid
  ) as named join pg_class t on t.oid = named.table_id
  where t.relnamespace = 'public'::regnamespace and t.relname <> 'migrations'
    and (not starts_with(named.name, t.relname || '_') or named.name ~ '(_check|_key|_fkey|_idx)\\d+$'
      or named.name ~ '_check$' or named.name ~ '_id_fkey$')`;

/** Instants without a zone. */
const ZONELESS = `
  select "table" || '.' || "column" as name from (${COLUMNS}) as columns where type = 'timestamp without time zone'`;

describe('The schema', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const names = async (sql: string): Promise<string[]> =>
    (await database.query<{ name: string }>(sql)).map((row) => row.name);

  it.each([
    { fact: 'keeps money as bigint', offenders: NARROW_MONEY },
    { fact: 'ties every row of a tenant to the tenant', offenders: TENANTLESS },
    { fact: 'names its constraints and indexes', offenders: NAMELESS },
    { fact: 'keeps instants with their zone', offenders: ZONELESS },
  ])('$fact', async ({ offenders }) => {
    expect(await names(offenders)).toEqual([]);
  });

  it('is told from one that does none of this (so the facts above are not vacuous)', async () => {
    await database.query(`
      create table stray (
        org_id integer, user_id integer references users (id), price_cents integer check (price_cents > 0),
        at timestamp)`);
    try {
      expect(await names(NARROW_MONEY)).toEqual(['stray.price_cents']);
      expect(await names(TENANTLESS)).toEqual(['stray']);
      expect((await names(NAMELESS)).toSorted()).toEqual(['stray_price_cents_check', 'stray_user_id_fkey']);
      expect(await names(ZONELESS)).toEqual(['stray.at']);
    } finally {
      await database.query('drop table stray');
    }
  });

  it('has one of ours at the most for each customer and invoice in QuickBooks', async () => {
    const unique = await names(
      `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
       where i.indisunique and c.relname in ('customers_qbo_link_key', 'invoices_qbo_key') order by 1`,
    );
    expect(unique).toEqual(['customers_qbo_link_key', 'invoices_qbo_key']);
  });

  it('keeps room in the pages of rows that grow once QuickBooks was read', async () => {
    const rows = await database.query<{ table: string; filled: string }>(
      `select relname as table, option_value as filled from pg_class, pg_options_to_table(reloptions)
        where relname in ('invoices', 'leads') and option_name = 'fillfactor' order by 1`,
    );
    expect(rows).toEqual([
      { table: 'invoices', filled: '30' },
      { table: 'leads', filled: '40' },
    ]);
  });
});
