import { type DataSource, MigrationExecutor } from 'typeorm';
import { openDataSource } from './data-source.js';
import { grantToAppRole } from './app-role.js';
import { applyRowSecurity, removePolicies } from './apply-row-security.js';
import { installJobSchema } from './job-schema.js';
import { DatabaseServerError } from './server.js';
import { SQLSTATE, sqlStateOf } from './sqlstate.js';
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
 * the rights of the role that `appUrl` names, and answers the names of the migrations that were applied. `url` signs in
 * as the owner of the tables. Safe when several replicas start at once. Throws where the folder has no migration at
 * all: then the build is not whole; DatabaseServerError where another process is at it for longer than `lockWait`.
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
    avoidNestedLoops(dataSource);
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    await replaceSqlFunctions(dataSource);
    await applyRowSecurity(dataSource);
    await installJobSchema(url);
    await grantToAppRole(dataSource, appUrl);
    return applied.map((migration) => migration.name);
  });
}

/**
 * Takes back the newest migration and answers its name, or null where none is left. The policies are away in the same
 * transaction alone: what fails leaves all as it was, and a process that works meanwhile waits and sees its rows after.
 */
export async function revertMigration(url: string): Promise<string | null> {
  return exclusively(url, { lockWait: LOCK_WAIT }, async (dataSource) => {
    const newest = await newestMigration(dataSource);
    if (!newest) return null;
    if (!dataSource.migrations.some(({ name }) => name === newest)) throw ofNewerVersion(newest);
    await dataSource.transaction(async (tx) => {
      await removePolicies(tx);
      await new MigrationExecutor(dataSource, tx.queryRunner).undoLastMigration();
      await tx.query('set constraints all immediate'); // a table with a check to come cannot be altered
      await applyRowSecurity(tx);
    });
    return newest;
  });
}

function ofNewerVersion(name: string): Error {
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

async function newestMigration(dataSource: DataSource): Promise<string | null> {
  const [table] = await dataSource.query<{ name: string | null }[]>(
    `select to_regclass('migrations') as name`,
  );
  if (!table?.name) return null;
  const [row] = await dataSource.query<{ name: string }[]>(
    'select name from migrations order by id desc limit 1',
  );
  return row?.name ?? null;
}
