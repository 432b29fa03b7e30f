import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Config } from '../config/config.js';
import { connectAlone, CONNECTING, placeOf, roleNamedBy, signInOf, UNLIMITED } from './connection.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { noticeOfNewer } from './schema/migration-history.js';
import { migrationOfNewer, schemaProblem } from './schema/schema-problem.js';
import { isRefusedParameter, isUnknownRole } from './failures/sign-in-refused.js';
import { CANNOT_CONNECT_NOW, isDatabaseUnavailable, noteConnectingFailed } from './failures/unavailable.js';

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
  /** By `DATABASE_URL`, and where migrations are to run by it, the product asks for limits of time. */
  isLimited?: boolean;
}

const OF_OWNER = 'DATABASE_MIGRATE_URL';

const ofProduct = (url: string): Address => ({ variable: 'DATABASE_URL', url, isLimited: true });

/** What names the same database as `DATABASE_URL`, in the order in which it is looked at. */
function otherAddresses({ database: { directUrl, migrateUrl, migrate } }: Config): Address[] {
  const isLimited = migrate && !migrateUrl;
  return [
    ...(directUrl ? [{ variable: 'DATABASE_DIRECT_URL', url: directUrl, isLimited }] : []),
    ...(migrateUrl ? [{ variable: OF_OWNER, url: migrateUrl, isLimited: migrate }] : []),
  ];
}

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
 * DatabaseServerError when it cannot be reached or is older than version 14, or where it is to be migrated and the
 * addresses name several databases; `signal` ends the waiting.
 */
export async function openDatabaseServer(config: Config, signal?: AbortSignal): Promise<DatabaseServer> {
  const { url, directUrl, migrateUrl, migrate } = config.database;
  if (url) {
    const others = otherAddresses(config);
    const owner = others.find(({ variable }) => variable === OF_OWNER);
    const first = migrate && owner ? owner : ofProduct(url);
    await checkVersion(first, signal);
    // Before the first migration the product's role may not be there yet, and nobody can look.
    if (migrate && (await canSignIn(first, url, signal)))
      await assertOneDatabase(ofProduct(url), others, signal);
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
  const others = otherAddresses(config);
  for (const address of [ofProduct(url), ...others.filter(({ variable }) => variable !== OF_OWNER)]) {
    const client = await connect(address, signal);
    try {
      const problem = await schemaProblem(client, address.variable);
      if (problem !== null) throw new DatabaseServerError(problem);
      if (!config.database.migrate && address.url === url) await noteNewer(client);
    } finally {
      await client.end();
    }
  }
  await assertOneDatabase(ofProduct(url), others, signal);
}

/** One that migrates has said it by then. */
async function noteNewer(client: Client): Promise<void> {
  const newer = await migrationOfNewer(client);
  if (newer !== null) process.stderr.write(`${noticeOfNewer(newer)}\n`);
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
    await client.query('begin; set local idle_in_transaction_session_timeout = 0'); // the others may be waited for
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

/**
 * Whether the product's role is there: known to the server of another address, or let in by its own. One that does not
 * answer for another reason has not said that it is not, and is waited for as any other.
 */
async function canSignIn(address: Address, productUrl: string, signal?: AbortSignal): Promise<boolean> {
  const user = roleNamedBy(productUrl)?.user;
  if (user === undefined) return true; // migrations make none: whoever signs in has to be there
  const client = await connect(address, signal);
  try {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [user]);
    if (rowCount) return true;
  } finally {
    await client.end();
  }
  try {
    await (await connect(ofProduct(productUrl), signal)).end();
    return true;
  } catch (error) {
    if (error instanceof DatabaseServerError && isUnknownRole(error.cause, user)) return false;
    throw error;
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

/** A connection that answers, as soon as there can be one. */
async function connect({ variable, url, isLimited }: Address, signal?: AbortSignal): Promise<Client> {
  const deadline = performance.now() + ABSENT_MAX_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectToWrite(url, isLimited ? CONNECTING : UNLIMITED);
    } catch (error) {
      const place = placeOf(url);
      const reason = (error as Error).message || (error as { code?: string }).code;
      if (!mayCome(error, url, deadline) || signal?.aborted) {
        const advice = isRefusedParameter(error)
          ? ' or the pooler (docs/deployment.md, Behind PgBouncer)'
          : '';
        throw new DatabaseServerError(
          `PostgreSQL at ${place} cannot be used: ${reason}. Check ${variable}${advice}.`,
          { cause: error },
        );
      }
      if (attempt === 1) process.stderr.write(`Waiting for PostgreSQL at ${place}: ${reason}\n`);
      await pause(RETRY_MS, undefined, { signal });
    }
  }
}

async function connectToWrite(url: string, asks: object): Promise<Client> {
  const client = await connectAlone(url, asks);
  try {
    await assertTakesWrites(client);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    noteConnectingFailed(error as Error);
    throw error;
  }
}

function mayCome(error: unknown, url: string, deadline: number): boolean {
  if ((error as { code?: string }).code === CANNOT_CONNECT_NOW) return true;
  if (isUnknownRole(error, signInOf(url).user) || isRefusedParameter(error)) return false;
  return isDatabaseUnavailable(error) && performance.now() < deadline;
}
