import { extname, join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { CONNECTING } from './connection.js';
import { ScopedClient } from './scope/scoped.client.js';

const PROJECT_ROOT = join(import.meta.dirname, '../../..');

const MIGRATIONS = join(PROJECT_ROOT, 'migrations');

/**
 * A connection that nobody needs is kept so long. The driver's ten seconds are less than people pause between two
 * pages, and whoever comes then waits until as many are made as are needed: 150 ms for 32 requests at once.
 */
const CONNECTION_IDLE_MS = 60_000;

/** A text, since the driver leaves a number 0 out: then a limit of the role or the database would hold. */
const NO_LIMIT = '0';

interface ConnectionOptions {
  migrations?: string;
  /** Where no pooler gives the session to another between two transactions. */
  prepares?: boolean;
  /** A statement may take as long as it takes: one of a migration goes through all rows of a table. */
  isUnhurried?: boolean;
}

/** How every pool of the product connects to PostgreSQL. */
export function dataSourceOptions(
  url: string,
  poolMax: number,
  { migrations = MIGRATIONS, prepares = false, isUnhurried = false }: ConnectionOptions = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: CONNECTING.application_name,
    poolSize: poolMax,
    connectTimeoutMS: 5_000,
    extra: {
      Client: ScopedClient,
      prepares,
      ...CONNECTING,
      ...(isUnhurried ? { statement_timeout: NO_LIMIT } : {}),
      idleTimeoutMillis: CONNECTION_IDLE_MS,
    },
    entities: [],
    migrations: [join(migrations, `*${extname(import.meta.filename)}`)],
    migrationsTableName: 'migrations',
    synchronize: false,
  };
}

/** A connected data source without entities: for migrations and tools. The caller destroys it. */
export async function openDataSource(
  url: string,
  poolMax = 4,
  options: Pick<ConnectionOptions, 'migrations' | 'isUnhurried'> = {},
): Promise<DataSource> {
  return new DataSource(dataSourceOptions(url, poolMax, options)).initialize();
}
