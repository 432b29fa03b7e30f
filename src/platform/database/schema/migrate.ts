import { type DataSource, MigrationExecutor } from 'typeorm';
import { openDataSource } from '../data-source.js';
import { appRoleProblem, grantToAppRole } from '../scope/app-role.js';
import { applyRowSecurity, removePolicies } from '../scope/apply-row-security.js';
import { installJobSchema } from './job-schema.js';
import { migrationsApplied, noticeOfNewer, ofNewerVersion, renumberedProblem } from './migration-history.js';
import { notTakenBack } from './revert-problem.js';
import { DatabaseServerError } from '../server.js';
import { SQLSTATE, sqlStateOf } from '../failures/sqlstate.js';
import { replaceSqlFunctions } from './sql-functions.js';

/** Any number unlikely to be used for something else: replicas that start together migrate one after the other. */
const MIGRATION_LOCK = 5_005_005;
/** So long one waits for another. */
const LOCK_WAIT = '60s';

/**
 * Landed migrations in which the planner, which knows nothing of rows that a function puts together, goes through all
 * of them for each of them: of a company with 36,000 mirrored documents for longer than an hour.
 */
const WITHOUT_NESTED_LOOPS: ReadonlySet<string> = new Set(['Receivables1790553600057']);

/**
 * Brings the schema up to date, then the functions whose text changed, the schema of the job queue, the policies and
 * the rights of the role that `appUrl` names, and answers the names of the migrations that were applied. Of what a
 * newer version has made nothing is taken back: processes of it may work. `url` signs in as the owner of the tables.
 * Safe when several replicas start at once. Throws where the folder has no migration at all: then the build is not
 * whole; DatabaseServerError where another process is at it for longer than `lockWait`, where migrations had other
 * numbers when they ran, or where a newer version has still to let the product's role in.
 */
export async function migrate(
  url: string,
  appUrl = url,
  folder?: string,
  lockWait = LOCK_WAIT,
): Promise<string[]> {
  return exclusively(url, { folder, lockWait }, async (dataSource) => {
    if (dataSource.migrations.length === 0) {
      throw new Error(
        'There are no migrations beside the program: the build is not whole. Run npm run build.',
      );
    }
    const known = dataSource.migrations.map(({ name }) => name!);
    const before = await migrationsApplied(dataSource);
    const renumbered = renumberedProblem(before, known);
    if (renumbered !== null) throw new DatabaseServerError(renumbered);
    avoidNestedLoops(dataSource);
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    const newer = applied.length === 0 ? ofNewerVersion(before, known) : null;
    if (newer !== null) return leaveAsItIs(dataSource, newer, appUrl);
    await replaceSqlFunctions(dataSource);
    await applyRowSecurity(dataSource);
    await installJobSchema(url);
    await grantToAppRole(dataSource, appUrl);
    return applied.map((migration) => migration.name);
  });
}

/** Functions, policies and rights stay those of the newer version, which has to have let the product's role in. */
async function leaveAsItIs(dataSource: DataSource, newer: string, appUrl: string): Promise<string[]> {
  const problem = await appRoleProblem(dataSource, appUrl);
  if (problem !== null) {
    throw new DatabaseServerError(
      `A newer version has migrated this database (up to ${newer}), and ${problem}, as after a restore. This version ` +
        'does not know what it may do there. Run npm run migrate of the newer version, then start again.',
    );
  }
  process.stderr.write(`${noticeOfNewer(newer)}\n`);
  return [];
}

/**
 * Takes back the newest migration and answers its name, or null where none is left. The policies are away in the same
 * transaction alone: what fails leaves all as it was, and a process that works meanwhile waits and sees its rows after.
 */
export async function revertMigration(url: string): Promise<string | null> {
  return exclusively(url, { lockWait: LOCK_WAIT }, async (dataSource) => {
    const newest = (await migrationsApplied(dataSource)).at(-1);
    if (!newest) return null;
    if (!dataSource.migrations.some(({ name }) => name === newest)) throw madeByNewerVersion(newest);
    await dataSource
      .transaction(async (tx) => {
        await removePolicies(tx);
        await new MigrationExecutor(dataSource, tx.queryRunner).undoLastMigration();
        await tx.query('set constraints all immediate'); // a table with a check to come cannot be altered
        await applyRowSecurity(tx);
      })
      .catch((error: unknown) => {
        throw notTakenBack(newest, error);
      });
    return newest;
  });
}

function madeByNewerVersion(name: string): Error {
  return new Error(
    `The newest migration of this database, ${name}, is of a newer version. Run migrate:revert of that version.`,
  );
}

/** What is set lasts for the transaction of the migration. */
function avoidNestedLoops({ migrations }: DataSource): void {
  for (const migration of migrations) {
    if (!WITHOUT_NESTED_LOOPS.has(migration.name!)) continue;
    const up = migration.up.bind(migration);
    migration.up = async (db) => {
      await db.query('set local enable_nestloop = off');
      await up(db);
    };
  }
}

async function exclusively<T>(
  url: string,
  { folder, lockWait }: { folder?: string; lockWait: string },
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = await openDataSource(url, undefined, { migrations: folder, isUnhurried: true });
  try {
    return await dataSource.transaction(async (lock) => {
      await lock.query(`select set_config('lock_timeout', $1, true)`, [lockWait]);
      await lock.query('set local idle_in_transaction_session_timeout = 0');
      await lock.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]).catch((error: unknown) => {
        throw sqlStateOf(error) === SQLSTATE.lockNotAvailable ? underWay(error) : error;
      });
      return work(dataSource);
    });
  } finally {
    await dataSource.destroy();
  }
}

function underWay(cause: unknown): DatabaseServerError {
  return new DatabaseServerError(
    'Another process has been migrating this database for a while. Wait until it is done, then start again.',
    { cause },
  );
}
