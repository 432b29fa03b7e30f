import { QueryFailedError } from 'typeorm';
import { DatabaseServerError } from '../server.js';
import { SQLSTATE, sqlStateOf } from '../failures/sqlstate.js';
import { isDatabaseUnavailable } from '../failures/unavailable.js';

/** Somebody else holds what is to be changed, or held it for too long. */
const HELD: ReadonlySet<string | undefined> = new Set([
  SQLSTATE.lockNotAvailable,
  SQLSTATE.deadlockDetected,
  SQLSTATE.queryCanceled,
]);

/** Why a migration was not taken back, with what to do; any error that is not the database's as it is. */
export function notTakenBack(name: string, cause: unknown): unknown {
  if (isDatabaseUnavailable(cause)) {
    return new DatabaseServerError(
      `The database went away while ${name} was taken back: ${messageOf(cause)}. Whether it was is not known: before ` +
        'you go on, look whether it is in the table migrations still.',
      { cause },
    );
  }
  if (!(cause instanceof QueryFailedError)) return cause;
  return new DatabaseServerError(`${name} cannot be taken back: ${messageOf(cause)}. ${adviceFor(cause)}`, {
    cause,
  });
}

function adviceFor(cause: QueryFailedError): string {
  if (HELD.has(sqlStateOf(cause)))
    return 'Nothing of it was changed. Stop every process that works with this database, and run it again.';
  if (sqlStateOf(cause) === SQLSTATE.insufficientPrivilege)
    return 'Nothing of it was changed. DATABASE_MIGRATE_URL has to sign in as the owner of the tables.';
  return (
    'Nothing of it was changed. Where the schema before has no place for what is there now, as for the second ' +
    'invoice of a proposal, run npm run migrate of this version, which makes anew what was taken back before it, ' +
    'and keep this version; or restore the backup of before the upgrade (docs/operations.md), which alone has all ' +
    'that was there.'
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
