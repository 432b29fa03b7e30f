import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const RUNBOOKS = ['docs/operations.md', 'docs/troubleshooting.md'];

const ROOT = join(import.meta.dirname, '../..');
const contentOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
const statementsOf = (page: string): string[] =>
  [...contentOf(page).matchAll(/```sql\n(.+?)```/gs)]
    .flatMap(([, block]) => block!.replaceAll(/--.*$/gm, '').split(';'))
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

describe('A statement of a runbook', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await database.query(`insert into orgs (name) values ('Alpha Roofing'), ('Beta Roofing')`);
    await database.query(
      `insert into leads (org_id, name, status, currency) select id, name, 'lead', 'USD' from orgs`,
    );
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  /** Signs in by the variable that the page names. What a statement changes is taken back. */
  const asThePageSays = async <T>(page: string, work: (client: Client) => Promise<T>): Promise<T> => {
    const [, variable] = /SQL runs against `(\w+)`/.exec(contentOf(page))!;
    const urls: Record<string, string> = {
      DATABASE_URL: database.url,
      DATABASE_MIGRATE_URL: database.ownerUrl,
    };
    const client = new Client({ connectionString: urls[variable!] });
    await client.connect();
    try {
      await client.query('begin');
      return await work(client);
    } finally {
      await client.end();
    }
  };

  it.each(RUNBOOKS)('is about the rows of every organisation, as who signs in by %s', async (page) => {
    const update = 'update leads set qbo_invoice_id = id::text where qbo_invoice_id is null';
    expect(await asThePageSays(page, async (client) => (await client.query(update)).rowCount)).toBe(2);
  });

  it.each(RUNBOOKS.flatMap((page) => statementsOf(page).map((statement) => [page, statement] as const)))(
    'names tables and columns that there are: %s, %s',
    async (page, statement) => {
      const answer = asThePageSays(page, (client) => client.query(statement));
      await expect(answer).resolves.toBeDefined();
    },
  );
});

describe('What the runbook restores a backup into', () => {
  const ADDRESSES = [
    ['postgresql://crm:pw@db/crm', 'postgresql://crm:pw@db/crm_restored'],
    [
      'postgresql://crm:pw@db:5432/crm?sslmode=require&sslrootcert=/etc/ssl/ca.pem',
      'postgresql://crm:pw@db:5432/crm_restored?sslmode=require&sslrootcert=/etc/ssl/ca.pem',
    ],
  ] as const;
  const [, shell, powershell] = /```bash\n(pg_dump.+?)```.+?```powershell\n(pg_dump.+?)```/s.exec(
    contentOf('docs/operations.md'),
  )!;

  it.each(ADDRESSES)('is another database, by the shell: %s', (DATABASE_MIGRATE_URL, restored) => {
    const noTools = 'pg_dump() { :; }; createdb() { :; }; pg_restore() { printf %s "${2#--dbname=}"; }';
    const env = { ...process.env, DATABASE_MIGRATE_URL };
    expect(execFileSync('bash', ['-c', `${noTools}\n${shell}`], { env, encoding: 'utf8' })).toBe(restored);
  });

  it.each(ADDRESSES)('is another database, by PowerShell: %s', (address, restored) => {
    const [, pattern, replacement] = /-replace '([^']+)', '([^']+)'/.exec(powershell!)!;
    expect(address.replace(new RegExp(pattern!), replacement!)).toBe(restored);
  });
});

describe('A line of the log that the runbook explains', () => {
  const texts = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['**/*.spec.ts'] })
    .flatMap((path) => [...contentOf(path).matchAll(/'([^'\n]+)'|`([^`\n]+)`/g)])
    .map(([, plain, composed]) => (plain ?? composed!).split(/\$\{[^}]*\}/))
    .filter((parts) => parts.join('').trim().length >= 10);
  const isWritten = (line: string): boolean =>
    texts.some((parts) =>
      line.endsWith('…')
        ? parts[0] !== '' && parts[0]!.startsWith(line.slice(0, -1))
        : new RegExp(`^${parts.map(literally).join('.+')}$`).test(line),
    );
  const table = contentOf('docs/operations.md').split('| `msg` ')[1]!.split('\n\n')[0]!;
  const lines = [...table.matchAll(/^\| (`.+?`) +\|/gm)]
    .flatMap(([, cell]) => cell!.split(', '))
    .map((line) => line.slice(1, -1));

  it.each(lines)('is written: %s', (line) => {
    expect(isWritten(line)).toBe(true);
  });
});

/** A text as a regular expression that finds this very text. */
function literally(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
