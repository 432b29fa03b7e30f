import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIRECTORY_TABLES } from '../../src/platform/database/scope/row-security.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

/** Every other table, with the position of its organisation. */
const TENANT_TABLES = `
  select t.oid as id, t.relname as name, a.attnum as org, coalesce(a.attnotnull, false) as org_given
  from pg_class t left join pg_attribute a on a.attrelid = t.oid and a.attname = 'org_id' and not a.attisdropped
  where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
    and t.relname <> all ($1) and t.relname <> 'migrations'`;

/** Tables of which a row may belong to no organisation. */
const WITHOUT_ORG = `select name from (${TENANT_TABLES}) as tables where not org_given`;

/** Tables whose primary key does not begin with the organisation. */
const KEYED_OTHERWISE = `
  select name from (${TENANT_TABLES}) as tables where not exists (
    select from pg_index i where i.indrelid = id and i.indisprimary and i.indkey[0] = org)`;

/** Unique keys and indexes without the organisation. */
const UNIQUE_OVER_ALL = `
  select c.relname as name from (${TENANT_TABLES}) as tables
  join pg_index i on i.indrelid = id and i.indisunique join pg_class c on c.oid = i.indexrelid
  where org is null or not org = any(i.indkey)`;

/** References to rows of an organisation that do not say it is the same one. To the directory they need not. */
const CROSSING = `
  select c.conname as name from (${TENANT_TABLES}) as tables join pg_constraint c on c.conrelid = id and c.contype = 'f'
  where (select relname from pg_class where oid = c.confrelid) <> all ($1)
    and not exists (
      select from unnest(c.conkey, c.confkey) as pair (here, there)
      join pg_attribute a on a.attrelid = c.confrelid and a.attnum = there and a.attname = 'org_id'
      where here = org)`;

/** References from the directory to rows of an organisation: they may stand on another server. */
const OUT_OF_THE_DIRECTORY = `
  select c.conname as name from pg_constraint c
  join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid
  where c.contype = 'f' and f.relnamespace = 'public'::regnamespace
    and f.relname = any ($1) and t.relname <> all ($1)`;

describe('The tables can be spread over servers by organisation:', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const names = async (sql: string, directory: readonly string[] = DIRECTORY_TABLES): Promise<string[]> =>
    (await database.query<{ name: string }>(sql, [directory])).map(({ name }) => name).toSorted();

  it.each([
    { fact: 'every row outside the directory belongs to an organisation', offenders: WITHOUT_ORG },
    { fact: 'every primary key begins with it', offenders: KEYED_OTHERWISE },
    { fact: 'every unique key contains it', offenders: UNIQUE_OVER_ALL },
    { fact: 'every reference between them stays within it', offenders: CROSSING },
    { fact: 'the directory refers to nothing outside itself', offenders: OUT_OF_THE_DIRECTORY },
  ])('$fact', async ({ offenders }) => {
    expect(await names(offenders)).toEqual([]);
  });

  it('the directory is what the page on scaling says it is', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/scaling.md'), 'utf8');
    const [, section] = page.split('## The directory\n');
    const listed = section!.split('\n## ')[0]!.matchAll(/^\| `(\w+)`/gm);
    expect([...listed].map(([, table]) => table)).toEqual(DIRECTORY_TABLES);
    const there = await database.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relname = any ($1)`,
      [DIRECTORY_TABLES],
    );
    expect(there).toHaveLength(DIRECTORY_TABLES.length);
  });

  it('a table that is keyed otherwise is found (so the facts above are not vacuous)', async () => {
    await database.query(`
      create table stray (
        id integer generated always as identity,
        org_id integer,
        customer_id integer,
        lead_org_id integer,
        lead_id integer,
        code text,
        constraint stray_pkey primary key (id),
        constraint stray_code_key unique (code),
        constraint stray_both_key unique (code, org_id),
        constraint stray_customer_fkey foreign key (org_id, customer_id) references customers (org_id, id),
        constraint stray_lead_fkey foreign key (lead_org_id, lead_id) references leads (org_id, id),
        constraint stray_user_fkey foreign key (customer_id) references users (id)
      )`);
    await database.query(
      'create unique index stray_lower_key on stray (lower(code)) where customer_id is null',
    );
    try {
      expect(await names(WITHOUT_ORG)).toEqual(['stray']);
      expect(await names(KEYED_OTHERWISE)).toEqual(['stray']);
      expect(await names(UNIQUE_OVER_ALL)).toEqual(['stray_code_key', 'stray_lower_key', 'stray_pkey']);
      expect(await names(CROSSING)).toEqual(['stray_lead_fkey']);
      const directory = [...DIRECTORY_TABLES, 'stray'];
      expect(await names(OUT_OF_THE_DIRECTORY, directory)).toEqual([
        'stray_customer_fkey',
        'stray_lead_fkey',
      ]);
      expect(await names(WITHOUT_ORG, directory)).toEqual([]);
    } finally {
      await database.query('drop table stray');
    }
  });
});
