import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Config } from '../config/config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { CANNOT_CONNECT_NOW, isDatabaseUnavailable, noteConnectingFailed } from './unavailable.js';

const OLDEST_VERSION = 14;
/** A server that does not listen, or has no place left, may be restarting; longer than this it is not there. */
const ABSENT_MAX_MS = 30_000;
const RETRY_MS = 500;

/** The database cannot be used; the message says what to do. */
export class DatabaseServerError extends Error {}

export interface DatabaseServer {
  /** Signs in as the product. */
  readonly url: string;
  /** Signs in as the owner of the tables, past a pooler: for migrations. */
  readonly ownerUrl: string;
  /** Stops the embedded server; does nothing to one that is not ours. */
  stop(): Promise<void>;
}

/**
 * The PostgreSQL this process works with: the one `DATABASE_URL` names, or else the embedded one under `CRM_DATA_DIR`.
 * Waits as long as PostgreSQL says that it is starting up or recovering, and 30 s for one that does not answer. Throws
 * DatabaseServerError when it cannot be reached or is older than version 14; `signal` ends the waiting.
 */
export async function openDatabaseServer(config: Config, signal?: AbortSignal): Promise<DatabaseServer> {
  const { url, directUrl, migrateUrl, migrate } = config.database;
  if (url) {
    // The product's own role may not exist before the first migration.
    await checkVersion((migrate ? migrateUrl : undefined) ?? url, signal);
    return { url, ownerUrl: migrateUrl ?? directUrl ?? url, stop: async () => {} };
  }
  const embedded = await startEmbeddedPostgres(config.database.dataDir);
  try {
    signal?.throwIfAborted();
    await createDatabase(embedded, 'crm', signal);
  } catch (error) {
    await embedded.stop();
    throw error;
  }
  return { url: embedded.appUrl('crm'), ownerUrl: embedded.url('crm'), stop: () => embedded.stop() };
}

async function createDatabase(server: EmbeddedPostgres, name: string, signal?: AbortSignal): Promise<void> {
  const client = await connect(server.url('postgres'), signal);
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

async function checkVersion(url: string, signal?: AbortSignal): Promise<void> {
  const client = await connect(url, signal);
  try {
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
    const major = Math.floor(Number(rows[0]!.server_version_num) / 10_000);
    if (major >= OLDEST_VERSION) return;
    throw new DatabaseServerError(
      `DATABASE_URL names PostgreSQL ${major}; version ${OLDEST_VERSION} or later is needed.`,
    );
  } finally {
    await client.end();
  }
}

/** One that recovers can be read from before it is up: the first migration would fail. So does a standby. */
async function assertTakesWrites(client: Client): Promise<void> {
  const { rows } = await client.query<{ recovers: boolean }>('select pg_is_in_recovery() as recovers');
  if (!rows[0]!.recovers) return;
  throw Object.assign(new Error('it recovers, or is a standby, and takes no writes yet'), {
    code: CANNOT_CONNECT_NOW,
  });
}

/** A connection, as soon as there can be one. */
async function connect(url: string, signal?: AbortSignal): Promise<Client> {
  const deadline = performance.now() + ABSENT_MAX_MS;
  for (let attempt = 1; ; attempt += 1) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on('error', () => {}); // a connection that breaks fails its statement
    try {
      await client.connect();
      await assertTakesWrites(client);
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      noteConnectingFailed(error as Error);
      const isStarting = (error as { code?: string }).code === CANNOT_CONNECT_NOW;
      const mayCome = isStarting || (isDatabaseUnavailable(error) && performance.now() < deadline);
      const { host } = new URL(url);
      const reason = (error as Error).message || (error as { code?: string }).code;
      if (!mayCome || signal?.aborted) {
        throw new DatabaseServerError(
          `PostgreSQL at ${host} does not answer: ${reason}. Check DATABASE_URL.`,
          {
            cause: error,
          },
        );
      }
      if (attempt === 1) process.stderr.write(`Waiting for PostgreSQL at ${host}: ${reason}\n`);
      await pause(RETRY_MS, undefined, { signal });
    }
  }
}
