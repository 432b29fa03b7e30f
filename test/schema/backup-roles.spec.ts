import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyProblem } from '../../src/platform/database/scope/app-role.js';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { inOrganisation } from '../../src/platform/database/scope/scope.js';
import { aFolder, type TestFolder } from '../support/folder.js';
import { type OwnPostgres, POSTGRES_BIN, startOwnPostgres } from '../support/own-postgres.js';

const OWNER = 'books_owner';
const PRODUCT = 'books_product';
/** Fewer than two rows of either would show nothing. */
const ROWS = `select (select count(*) from orgs)::int as orgs, (select count(*) from customers)::int as customers`;

/** On a server of this machine with tools of its version, where one is installed: the embedded one has no pg_dump. */
describe.skipIf(POSTGRES_BIN === undefined)('A database whose owner is no superuser', () => {
  let folder: TestFolder;
  let server: OwnPostgres;
  let dump: string;

  beforeAll(async () => {
    folder = await aFolder();
    server = await startOwnPostgres(folder.path);
    dump = join(folder.path, 'crm.dump');
    for (const role of [OWNER, PRODUCT, 'as_the_owner', 'past_policies']) {
      await statement('postgres', `create role ${role} login password '${role}'`);
    }
    await statement('postgres', `grant ${OWNER} to as_the_owner`);
    await statement('postgres', 'alter role past_policies bypassrls');
    for (const name of ['crm', 'crm_restored']) {
      await statement('postgres', `create database ${name} owner ${OWNER}`);
    }
    await migrate(server.url(OWNER, 'crm'), server.url(PRODUCT, 'crm'));
    await statement(OWNER, `insert into orgs (name) values ('Alpha Roofing'), ('Beta Roofing')`, 'crm');
    await statement(
      OWNER,
      `insert into customers (org_id, email, full_name) select id, 'ann@' || id || '.test', name from orgs`,
      'crm',
    );
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function statement(
    role: string,
    sql: string,
    database = 'postgres',
  ): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: server.url(role, database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('is changed by a data migration in every organisation, as the owner', async () => {
    const owner = await openDataSource(server.url(OWNER, 'crm'));
    try {
      const [, changed] = await owner.query<[unknown, number]>(`update customers set phone = '555-0100'`);
      expect(changed).toBe(2);
    } finally {
      await owner.destroy();
    }
  });

  it('is backed up whole by its owner, and restored is one that the product works with', async () => {
    const flags = ['--format=custom', `--file=${dump}`];
    await server.tool('pg_dump', '--enable-row-security', ...flags, server.url(OWNER, 'crm'));
    await server.tool('pg_restore', '--no-owner', `--dbname=${server.url(OWNER, 'crm_restored')}`, dump);
    expect(await statement(OWNER, ROWS, 'crm_restored')).toEqual([{ orgs: 2, customers: 2 }]);
    await migrate(server.url(OWNER, 'crm_restored'), server.url(PRODUCT, 'crm_restored'));
    const product = await openDataSource(server.url(PRODUCT, 'crm_restored'));
    try {
      const [alpha] = await product.query<{ id: number }[]>('select id from orgs order by id');
      const seen = () => product.query<{ email: string }[]>('select email from customers');
      expect(await seen()).toEqual([]);
      expect(await inOrganisation(alpha!.id, seen)).toEqual([{ email: `ann@${alpha!.id}.test` }]);
    } finally {
      await product.destroy();
    }
  });

  it('is backed up and restored by the words of the runbook, into a database that an administrator makes', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
    const [, commands] = /```bash\n(pg_dump.+?)```/s.exec(page)!;
    const here = commands!
      .replaceAll('crm_restored', 'crm_by_the_runbook')
      .replace('--owner=crm ', `--owner=${OWNER} `);
    const env = {
      PATH: `${POSTGRES_BIN}:${process.env.PATH}`,
      DATABASE_MIGRATE_URL: server.url(OWNER, 'crm'),
      ADMIN_URL: server.url('postgres', 'postgres'),
    };
    execFileSync('bash', ['-ec', here], { cwd: folder.path, env });
    const found = await statement(OWNER, `select 'JOSÉ' ilike 'josé' as found`, 'crm_by_the_runbook');
    expect(found).toEqual([{ found: true }]);
    expect(await statement(OWNER, ROWS, 'crm_by_the_runbook')).toEqual([{ orgs: 2, customers: 2 }]);
    await migrate(server.url(OWNER, 'crm_by_the_runbook'), server.url(PRODUCT, 'crm_by_the_runbook'));
  });

  it('is not backed up half by a role that does not see all: pg_dump refuses', async () => {
    for (const role of [OWNER, PRODUCT]) {
      const half = server.tool(
        'pg_dump',
        '--data-only',
        '--table=customers',
        `--file=${dump}`,
        server.url(role, 'crm'),
      );
      await expect(half).rejects.toThrow('row-level security');
    }
  });

  it('is for the product to sign in to with the role that was made for it', async () => {
    expect(await policyProblem(server.url(PRODUCT, 'crm'))).toBeNull();
  });

  it.each([
    { role: OWNER, why: `${OWNER}, which owns the tables:` },
    { role: 'as_the_owner', why: 'as_the_owner, which owns the tables:' },
    { role: 'past_policies', why: 'past_policies, which has BYPASSRLS:' },
    { role: 'postgres', why: 'postgres, which is a superuser and has BYPASSRLS and owns the tables:' },
  ])('is not for the product to sign in to as $role: $why', async ({ role, why }) => {
    const problem = await policyProblem(server.url(role, 'crm'));
    expect(problem).toContain(`DATABASE_URL signs in as ${why}`);
  });
});
