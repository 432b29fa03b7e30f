import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Client } from 'pg';
import { SQLSTATE } from '../failures/sqlstate.js';

const MIGRATIONS = join(import.meta.dirname, '../../../../migrations');
const FILE = /^\d{3}-/;

/**
 * Why the schema that a connection sees does not fit this program, with what to do; null where it does. One that has
 * more than the program knows fits: so it is for a while when versions are replaced one after the other. `variable` is
 * the one that names the database.
 */
export async function schemaProblem(client: Client, variable: string): Promise<string | null> {
  const lacking = await migrationsLacking(client).catch((error: { code?: string }) => {
    if (error.code === SQLSTATE.insufficientPrivilege) return null;
    throw error;
  });
  if (lacking === null) {
    return (
      `${variable} signs in as ${client.user}, which has no rights in that database, as after a restore. Run npm run ` +
      'migrate of this version, or of the newer one that the database is of.'
    );
  }
  if (lacking.length === 0) return null;
  return (
    `The schema of the database that ${variable} names lacks ${lacking.length} migrations of this version ` +
    `(the first is ${lacking[0]}). Run npm run migrate of this version, or start without DB_MIGRATE=false. ` +
    'Where that was done, DATABASE_MIGRATE_URL names another database.'
  );
}

/** The newest migration of the database where this program has none of its number or a later one; else null. */
export async function migrationOfNewer(client: Client): Promise<string | null> {
  const latest = (await migrationFiles()).at(-1)!.slice(0, 3);
  const { rows } = await client.query<{ name: string }>(
    'select name from migrations where right(name, 3) > $1 order by right(name, 3) desc limit 1',
    [latest],
  );
  return rows[0]?.name ?? null;
}

async function migrationFiles(): Promise<string[]> {
  return (await readdir(MIGRATIONS))
    .filter((file) => FILE.test(file) && file.endsWith(extname(import.meta.filename)))
    .toSorted();
}

/** A migration of the database ends in the number that its file begins with. */
async function migrationsLacking(client: Client): Promise<string[]> {
  const files = await migrationFiles();
  const { rows: tables } = await client.query<{ name: string | null }>(
    `select to_regclass('migrations') as name`,
  );
  if (!tables[0]!.name) return files;
  const { rows } = await client.query<{ number: string }>('select right(name, 3) as number from migrations');
  const applied = new Set(rows.map(({ number }) => number));
  return files.filter((file) => !applied.has(file.slice(0, 3)));
}
