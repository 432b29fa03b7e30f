import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { table } from './report.ts';

/**
 * `BENCH_PROFILE=folder` has every worker leave a CPU profile there and each scenario the statements it took
 * PostgreSQL's time with. Such a run is for looking inside; its figures suffer.
 */
const folder = process.env.BENCH_PROFILE ?? '';

export const isProfiled = folder !== '';

/** What makes Node leave the profile of a process. */
export const profilingArguments: readonly string[] = isProfiled
  ? ['--cpu-prof', `--cpu-prof-dir=${folder}`]
  : [];

/** As much of a database as is used here. */
interface Queryable {
  query<Row extends object>(sql: string): Promise<Row[]>;
}

interface Statement {
  calls: string;
  totalMs: number;
  query: string;
}

/** Begins to count this database's statements anew. */
export async function watchStatements(database: Queryable): Promise<void> {
  if (!isProfiled) return;
  await database.query('create extension if not exists pg_stat_statements');
  await database.query('select pg_stat_statements_reset()');
}

/** Writes down which statements took PostgreSQL's time since then, the most expensive first. */
export async function noteStatements(database: Queryable, name: string): Promise<void> {
  if (!isProfiled) return;
  const rows = await database.query<Statement>(
    `select calls::text, total_exec_time as "totalMs", regexp_replace(query, '\\s+', ' ', 'g') as query
       from pg_stat_statements s join pg_database d on d.oid = s.dbid and d.datname = current_database()
      order by total_exec_time desc
      limit 60`,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, `${name}.statements.txt`),
    table(
      ['calls', 'ms', 'ms each', 'statement'],
      rows.map(({ calls, totalMs, query }) => [
        calls,
        totalMs.toFixed(0),
        (totalMs / Number(calls)).toFixed(3),
        query.slice(0, 220),
      ]),
    ),
  );
}
