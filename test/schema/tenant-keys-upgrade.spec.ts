import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TenantKeys1779148800021 } from '../../migrations/021-tenant-keys.js';
import { CompanyDirectory1782086400022 } from '../../migrations/022-company-directory.js';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { describeSchema } from './describe-schema.js';

type Rows = Record<string, Record<string, unknown>[]>;

const STEPS = [new TenantKeys1779148800021(), new CompanyDirectory1782086400022()];

describe('An installation with data of the time before the keys of organisations', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let before: { schema: string; rows: Rows };

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, STEPS[0]!.name);
    dataSource = await openDataSource(database.ownerUrl);
    await database.query(await readFile(join(import.meta.dirname, 'rows-before-tenant-keys.sql'), 'utf8'));
    before = { schema: await schema(), rows: await allRows() };
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database[Symbol.asyncDispose]();
  });

  const schema = (): Promise<string> => describeSchema((sql) => database.query(sql));

  async function allRows(): Promise<Rows> {
    const tables = await database.query<{ name: string }>(`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migrations' order by 1`);
    const rows: Rows = {};
    for (const { name } of tables) {
      const found = await database.query<{ row: Record<string, unknown> }>(
        `select to_jsonb(t) as row from ${name} t order by to_jsonb(t)::text`,
      );
      rows[name] = found.map(({ row }) => row);
    }
    return rows;
  }

  async function run(direction: 'up' | 'down'): Promise<void> {
    await dataSource.transaction(async ({ queryRunner }) => {
      for (const step of direction === 'up' ? STEPS : STEPS.toReversed()) await step[direction](queryRunner!);
    });
  }

  it('has rows in every table (so what follows is not vacuous)', () => {
    expect(Object.keys(before.rows).length).toBeGreaterThan(30);
    expect(Object.entries(before.rows).filter(([, rows]) => rows.length === 0)).toEqual([]);
  });

  it('keeps every row when it is upgraded, and knows whose each attempt and each company is', async () => {
    await run('up');
    const { qbo_companies: companies, ...rows } = await allRows();
    expect(companies).toEqual([
      { env: 'sandbox', org_id: 1, realm_id: '9130001' },
      { env: 'sandbox', org_id: 2, realm_id: '9130002' },
    ]);
    const orgs = new Map([1, 2, 3].map((id) => [id, id === 3 ? 2 : 1]));
    const attempts = before.rows.sync_attempts!.map((row) => ({
      ...row,
      org_id: orgs.get(Number(row.operation_id)),
    }));
    expect(rows.sync_attempts).toEqual(expect.arrayContaining(attempts));
    expect({ ...rows, sync_attempts: null }).toEqual({ ...before.rows, sync_attempts: null });
  });

  it('still deletes lines, attempts and items of a batch with what they are of, and nothing else', async () => {
    const rules = await database.query(`
      select conname as name from pg_constraint
      where contype = 'f' and confdeltype = 'c' and connamespace = 'public'::regnamespace order by 1`);
    expect(rules.map(({ name }) => name as string)).toEqual([
      'customer_batch_items_batch_fkey',
      'proposal_lines_proposal_fkey',
      'qbo_oauth_states_user_fkey',
      'refresh_tokens_user_fkey',
      'sync_attempts_operation_fkey',
      'user_roles_user_fkey',
    ]);
  });

  it('goes back with every row, and to the schema it had', async () => {
    await run('down');
    expect(await allRows()).toEqual(before.rows);
    expect(await schema()).toBe(before.schema);
  });

  it('goes back where a company passed on: its links stay with the organisation that has it now', async () => {
    await run('up');
    await database.query(`
      insert into qbo_companies (env, realm_id, org_id) values ('sandbox', '9130009', 1);
      update qbo_tokens set realm_id = '9130009' where org_id = 1;
      delete from qbo_companies where realm_id = '9130001';
      insert into qbo_companies (env, realm_id, org_id) values ('sandbox', '9130001', 2);
      update qbo_tokens set realm_id = '9130001' where org_id = 2;
      update customers set qbo_realm_id = '9130001' where org_id = 2;
      update leads set qbo_realm_id = '9130001' where id = 2;
      update invoice_payments set realm_id = '9130001' where org_id = 2;
      update qbo_items set realm_id = '9130001' where org_id = 2`);
    await run('down');
    const { customers, leads, invoice_payments: payments, qbo_items: items, ...rest } = await allRows();
    expect(customers!.map((row) => [row.id, row.qbo_customer_id])).toEqual([
      [1, null],
      [2, '58'],
    ]);
    expect(new Map(leads!.map((row) => [row.id, row.qbo_invoice_id]))).toEqual(
      new Map([
        [1, null],
        [2, '145'],
        [3, '146'],
        [4, '146'],
      ]),
    );
    expect(payments!.map((row) => row.org_id)).toEqual([2]);
    expect(items!.map((row) => row.org_id)).toEqual([2]);
    expect(rest.sync_operations).toEqual(before.rows.sync_operations);
    expect(await schema()).toBe(before.schema);
  });
});
