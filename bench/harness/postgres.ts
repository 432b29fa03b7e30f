import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool, type QueryResultRow } from 'pg';
import { isProfiled } from './profile.ts';
import { ROOT } from './root.ts';

/**
 * A PostgreSQL of the bench's own, as durable as PostgreSQL is by default, that remembers when each transaction
 * committed.
 */
export interface Postgres {
  readonly version: string;
  /** The postmaster. */
  readonly pid: number;
  /** A new, empty database. */
  createDatabase(name: string): Promise<Database>;
  stop(): Promise<void>;
}

export interface Database {
  /** Signs in as the owner of the tables, to whom no policy applies. */
  readonly ownerUrl: string;
  /** Signs in as the product does: with a role that the first migration makes. */
  readonly appUrl: string;
  /** As the owner. */
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** As much of the product's own start of an embedded PostgreSQL as is used here. */
interface Embedded {
  startEmbeddedPostgres: (
    folder: string,
  ) => Promise<{ url(database: string): string; appUrl(database: string): string; stop(): Promise<void> }>;
}

/** Starts the embedded PostgreSQL the product brings along, the way the built product does. */
export async function startPostgres(): Promise<Postgres> {
  const built = join(ROOT, 'dist/src/platform/database/embedded/embedded-postgres.js');
  const { startEmbeddedPostgres } = (await import(built)) as Embedded;
  const folder = await mkdtemp(join(tmpdir(), 'crm-bench-'));
  const first = await startEmbeddedPostgres(folder);
  await once(first.url('postgres'), 'alter system set track_commit_timestamp = on');
  if (isProfiled) {
    await once(first.url('postgres'), `alter system set shared_preload_libraries = 'pg_stat_statements'`);
  }
  await first.stop();
  const server = await startEmbeddedPostgres(folder);
  const adminUrl = server.url('postgres');
  const [{ server_version: version } = { server_version: '' }] = await once<{ server_version: string }>(
    adminUrl,
    'show server_version',
  );
  const postmaster = await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8');
  return {
    version,
    pid: Number(postmaster.split('\n')[0]),
    createDatabase: async (name) => {
      await once(adminUrl, `create database ${name}`);
      return openDatabase(server.url(name), server.appUrl(name));
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function openDatabase(ownerUrl: string, appUrl: string): Database {
  const pool = new Pool({ connectionString: ownerUrl, max: 4 });
  return {
    ownerUrl,
    appUrl,
    query: async <Row extends QueryResultRow>(sql: string, values?: unknown[]) =>
      (await pool.query<Row>(sql, values)).rows,
    close: () => pool.end(),
  };
}

async function once<Row extends QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
