import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Config } from '../config/config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { schemaProblem } from './schema-problem.js';
import { CANNOT_CONNECT_NOW, isDatabaseUnavailable, noteConnectingFailed } from './unavailable.js';

const OLDEST_VERSION = 14;
/** A server that does not listen, or has no place left, may be restarting; longer than this it is not there. */
const ABSENT_MAX_MS = 30_000;
const RETRY_MS = 500;

/** The database cannot be used; the message says what to do. */
export class DatabaseServerError extends Error {}

/** An address with the variable of the environment that has it. */
interface Address {
  variable: string;
  url: string;
}

const ofProduct = (url: string): Address => ({ variable: 'DATABASE_URL', url });

export interface DatabaseServer {
  /** Signs in as the product. */
  readonly url: string;
  /** The same past a pooler, as far as an address of it is known. */
  readonly directUrl: string;
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
    await checkVersion(
      migrate && migrateUrl ? { variable: 'DATABASE_MIGRATE_URL', url: migrateUrl } : ofProduct(url),
      signal,
    );
    const pastPooler = directUrl ?? url;
    return { url, directUrl: pastPooler, ownerUrl: migrateUrl ?? pastPooler, stop: async () => {} };
  }
  const embedded = await startEmbeddedPostgres(config.database.dataDir, { isKeptRunning: true });
  try {
    signal?.throwIfAborted();
    await createDatabase(embedded, 'crm', signal);
  } catch (error) {
    await embedded.stop();
    throw error;
  }
  const appUrl = embedded.appUrl('crm');
  return { url: appUrl, directUrl: appUrl, ownerUrl: embedded.url('crm'), stop: () => embedded.stop() };
}

async function createDatabase(server: EmbeddedPostgres, name: string, signal?: AbortSignal): Promise<void> {
  const client = await connect({ variable: 'CRM_DATA_DIR', url: server.url('postgres') }, signal);
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/**
 * Looks whether the product can work: by the addresses that it signs in by itself, with a schema that is this program's
 * or a later one, and all of them those of one database. To be called after the migrations. Throws DatabaseServerError
 * where it cannot.
 */
export async function assertUsable(
  { url }: DatabaseServer,
  config: Config,
  signal?: AbortSignal,
): Promise<void> {
  const { directUrl, migrateUrl } = config.database;
  const direct = directUrl ? [{ variable: 'DATABASE_DIRECT_URL', url: directUrl }] : [];
  const owner = migrateUrl ? [{ variable: 'DATABASE_MIGRATE_URL', url: migrateUrl }] : [];
  for (const address of [ofProduct(url), ...direct]) {
    const client = await connect(address, signal);
    try {
      const problem = await schemaProblem(client, address.variable);
      if (problem !== null) throw new DatabaseServerError(problem);
    } finally {
      await client.end();
    }
  }
  await assertOneDatabase(ofProduct(url), [...direct, ...owner], signal);
}

/**
 * With one address left as it was, as after a restore into a new database, jobs would be those of the one before. A
 * lock is of one database alone, and holds through a pooler for as long as a transaction.
 */
async function assertOneDatabase(
  product: Address,
  others: readonly Address[],
  signal?: AbortSignal,
): Promise<void> {
  if (others.length === 0) return;
  const key = randomInt(2 ** 40);
  const client = await connect(product, signal);
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [key]);
    for (const other of others) {
      if (await isLockedThere(other, key, signal)) continue;
      await client.query('select'); // throws where the connection, and the lock with it, is lost
      throw new DatabaseServerError(
        `${other.variable} names another database than DATABASE_URL. Have all of them name the one that the product ` +
          'works with.',
      );
    }
  } finally {
    await client.end();
  }
}

async function isLockedThere(address: Address, key: number, signal?: AbortSignal): Promise<boolean> {
  const client = await connect(address, signal);
  try {
    const { rows } = await client.query<{ isFree: boolean }>(
      'select pg_try_advisory_xact_lock($1) as "isFree"',
      [key],
    );
    return !rows[0]!.isFree;
  } finally {
    await client.end();
  }
}

async function checkVersion(address: Address, signal?: AbortSignal): Promise<void> {
  const client = await connect(address, signal);
  try {
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
    const major = Math.floor(Number(rows[0]!.server_version_num) / 10_000);
    if (major >= OLDEST_VERSION) return;
    throw new DatabaseServerError(
      `${address.variable} names PostgreSQL ${major}; version ${OLDEST_VERSION} or later is needed.`,
    );
  } finally {
    await client.end();
  }
}

/**
 * One that recovers can be read from before it is up: the first migration would fail. So it would with a standby, or
 * where `default_transaction_read_only` is on.
 */
async function assertTakesWrites(client: Client): Promise<void> {
  const { rows } = await client.query<{ readsOnly: boolean }>(
    `select current_setting('transaction_read_only')::boolean as "readsOnly"`,
  );
  if (!rows[0]!.readsOnly) return;
  throw Object.assign(new Error('it recovers, is a standby or read-only, and takes no writes yet'), {
    code: CANNOT_CONNECT_NOW,
  });
}

/** A connection, as soon as there can be one. */
async function connect({ variable, url }: Address, signal?: AbortSignal): Promise<Client> {
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
        throw new DatabaseServerError(`PostgreSQL at ${host} cannot be used: ${reason}. Check ${variable}.`, {
          cause: error,
        });
      }
      if (attempt === 1) process.stderr.write(`Waiting for PostgreSQL at ${host}: ${reason}\n`);
      await pause(RETRY_MS, undefined, { signal });
    }
  }
}
