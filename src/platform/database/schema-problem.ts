import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Client } from 'pg';

const MIGRATIONS = join(import.meta.dirname, '../../../migrations');
const FILE = /^\d{3}-/;

/**
 * Why the schema that a connection sees does not fit this program, with what to do; null where it does. One that has
 * more than the program knows fits: so it is for a while when versions are replaced one after the other. `variable` is
 * the one that names the database.
 */
export async function schemaProblem(client: Client, variable: string): Promise<string | null> {
  const lacking = await migrationsLacking(client);
  if (lacking.length === 0) return null;
  return (
    `The schema of the database that ${variable} names lacks ${lacking.length} migrations of this version ` +
    `(the first is ${lacking[0]}). Run npm run migrate of this version, or start without DB_MIGRATE=false. ` +
    'Where that was done, DATABASE_MIGRATE_URL names another database.'
  );
}

/** A migration of the database ends in the number that its file begins with. */
async function migrationsLacking(client: Client): Promise<string[]> {
  const files = (await readdir(MIGRATIONS))
    .filter((file) => FILE.test(file) && file.endsWith(extname(import.meta.filename)))
    .toSorted();
  const { rows: tables } = await client.query<{ name: string | null }>(
    `select to_regclass('migrations') as name`,
  );
  if (!tables[0]!.name) return files;
  const { rows } = await client.query<{ number: string }>('select right(name, 3) as number from migrations');
  const applied = new Set(rows.map(({ number }) => number));
  return files.filter((file) => !applied.has(file.slice(0, 3)));
}
