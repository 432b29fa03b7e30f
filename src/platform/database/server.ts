import { Client } from 'pg';
import type { Config } from '../config/config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';

const OLDEST_VERSION = 14;

export interface DatabaseServer {
  readonly url: string;
  /** Stops the embedded server; does nothing to one that is not ours. */
  stop(): Promise<void>;
}

/**
 * The PostgreSQL this process works with: the one `DATABASE_URL` names, or else the embedded one under `CRM_DATA_DIR`.
 * Throws an Error that says what to do when it cannot be reached or is older than version 14.
 */
export async function openDatabaseServer(config: Config): Promise<DatabaseServer> {
  if (config.database.url) {
    await checkVersion(config.database.url);
    return { url: config.database.url, stop: async () => {} };
  }
  const embedded = await startEmbeddedPostgres(config.database.dataDir);
  await createDatabase(embedded, 'crm');
  return { url: embedded.url('crm'), stop: () => embedded.stop() };
}

async function createDatabase(server: EmbeddedPostgres, name: string): Promise<void> {
  await withClient(server.url('postgres'), async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}

async function checkVersion(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
    const major = Math.floor(Number(rows[0]!.server_version_num) / 10_000);
    if (major < OLDEST_VERSION) {
      throw new Error(
        `DATABASE_URL names PostgreSQL ${major}; version ${OLDEST_VERSION} or later is needed.`,
      );
    }
  });
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (cause) {
    const { host } = new URL(url);
    throw new Error(
      `PostgreSQL at ${host} does not answer: ${(cause as Error).message}. Check DATABASE_URL.`,
      { cause },
    );
  }
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
