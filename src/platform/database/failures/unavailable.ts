import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { sqlStateOf } from './sqlstate.js';

/** PostgreSQL says that it is starting up, shutting down or recovering. */
export const CANNOT_CONNECT_NOW = '57P03';

const SQLSTATES = new Set([
  CANNOT_CONNECT_NOW,
  '57P01', // ended by an administrator
  '57P02', // ended by a crash
  '25006', // read-only: it recovers still, or is a standby that is not promoted yet; no transaction of ours asks for it
  '53100', // no room on its disk
  '53200', // no memory
  '53300', // too many connections
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
]);
/**
 * What PgBouncer answers for itself: it reaches no server, or none is free. PostgreSQL has this code for a message that
 * it cannot read, and names the routine that could not.
 */
const OF_POOLER = '08P01';
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // a Unix socket, which a server takes away as it ends
  'EAGAIN', // the same, where too many wait at it
]);
/** What the driver and its pool say without a code. */
const DRIVER =
  /^(Connection terminated|timeout (exceeded when trying to connect|expired$)|Client has encountered a connection)/;

/**
 * What a statement of a transaction ends with whose connection ended after the one before: TypeORM gives a connection
 * back that broke, and says no more of it. None of ours goes on after it gave its connection back itself.
 */
const CONNECTION_GONE = [QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError] as const;

/** Errors that connecting to the database ended with. */
const ofConnecting = new WeakSet<Error>();

/** To be called with what connecting to the database ended with: a network's codes do not say whose it was. */
export function noteConnectingFailed(error: Error): void {
  ofConnecting.add(error);
}

/**
 * Whether an error says that the database is away: it restarts, does not listen, or has no room left. The same may
 * succeed in a moment. A statement that took too long or was wrong is no such error, and no other connection's is: that
 * of a client that went away, or of a vendor.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (CONNECTION_GONE.some((kind) => error instanceof kind)) return true;
  const code = sqlStateOf(error) ?? ('code' in error ? error.code : undefined);
  if (typeof code === 'string') {
    const isOurs = error instanceof QueryFailedError || ofConnecting.has(error);
    return SQLSTATES.has(code) || isOfPooler(error) || (isOurs && NETWORK.has(code));
  }
  return DRIVER.test(error.message) || isDatabaseUnavailable(error.cause);
}

/** Whether a pooler has said this by itself, and not the server behind it. */
export function isOfPooler(error: unknown): boolean {
  const answer = (error instanceof QueryFailedError ? error.driverError : error) as {
    code?: string;
    routine?: string;
  };
  return answer.code === OF_POOLER && answer.routine === undefined;
}
