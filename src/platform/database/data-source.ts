import { extname, join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { ScopedClient } from './scoped.client.js';

const PROJECT_ROOT = join(import.meta.dirname, '../../..');

const MIGRATIONS = join(PROJECT_ROOT, 'migrations');

/**
 * How every part of the product connects to PostgreSQL. Times out rather than waits forever. `prepares` where no pooler
 * gives the session to another between two transactions.
 */
export function dataSourceOptions(
  url: string,
  poolMax: number,
  { migrations = MIGRATIONS, prepares = false }: { migrations?: string; prepares?: boolean } = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'peakpro-crm',
    poolSize: poolMax,
    connectTimeoutMS: 5_000,
    extra: {
      Client: ScopedClient,
      prepares,
      statement_timeout: 15_000,
      lock_timeout: 10_000,
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    },
    entities: [],
    migrations: [join(migrations, `*${extname(import.meta.filename)}`)],
    migrationsTableName: 'migrations',
    synchronize: false,
  };
}

/** A connected data source without entities: for migrations and tools. The caller destroys it. */
export async function openDataSource(url: string, poolMax = 4, migrations?: string): Promise<DataSource> {
  return new DataSource(dataSourceOptions(url, poolMax, { migrations })).initialize();
}
