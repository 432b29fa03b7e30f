import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DataSource } from 'typeorm';

const FOLDER = join(import.meta.dirname, '../../../../migrations/functions');

/** A function of the database: the file `migrations/functions/<name>.sql` holds its `create or replace function`. */
export interface SqlFunction {
  name: string;
  text: string;
  /** Stored as the comment of the function in the database: the text it was made from. */
  mark: string;
}

export async function readSqlFunctions(): Promise<SqlFunction[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.sql')).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(FOLDER, file), 'utf8');
      return {
        name: basename(file, '.sql'),
        text,
        mark: `sha256:${createHash('sha256').update(text).digest('hex')}`,
      };
    }),
  );
}

/**
 * The repeatable step after the numbered migrations: replaces each function whose text is not the one in the database.
 * Answers their names. A numbered migration makes a function, and drops it before its arguments or its answer change,
 * because `create or replace` cannot change those; from then on its file owns the text.
 */
export async function replaceSqlFunctions(dataSource: DataSource): Promise<string[]> {
  const replaced: string[] = [];
  for (const { name, text, mark } of await readSqlFunctions()) {
    const [stored] = await dataSource.query<{ mark: string | null }[]>(
      `select obj_description(oid, 'pg_proc') as mark from pg_proc
        where pronamespace = 'public'::regnamespace and proname = $1`,
      [name],
    );
    if (stored?.mark === mark) continue;
    await dataSource.transaction(async (tx) => {
      await tx.query(text);
      await tx.query(`comment on function ${name} is '${mark}'`);
    });
    replaced.push(name);
  }
  return replaced;
}
