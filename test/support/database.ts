import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Pool, type QueryResultRow } from 'pg';
import { inject } from 'vitest';
import { asAppRole, TEMPLATE, withDatabase } from './cluster.js';

export interface TestDatabase extends AsyncDisposable {
  /** Signs in as the product does, which sees what policies allow. */
  readonly url: string;
  /** Signs in as the owner of the tables, who sees all rows. */
  readonly ownerUrl: string;
  /** Rows of one statement of the owner, straight from PostgreSQL. */
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** A database of its own for one test file, cloned from the migrated template; dropped at the end. */
export async function cloneDatabase(template = TEMPLATE): Promise<TestDatabase> {
  const adminUrl = inject('clusterUrl');
  const name = `crm_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `create database ${name} template ${template} ${inject('cloneStrategy')}`);
  const url = withDatabase(adminUrl, name);
  // Idle connections stay: where the clock is simulated, to close them would be an instant to move it to.
  const pool = new Pool({ connectionString: url, max: 4, idleTimeoutMillis: 0 });
  // Dropping the database may end a connection that the pool is just closing; that is no failure.
  pool.on('error', () => {});
  return {
    url: asAppRole(url),
    ownerUrl: url,
    query: async <Row extends QueryResultRow>(sql: string, values?: unknown[]) =>
      (await pool.query<Row>(sql, values)).rows,
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await asAdmin(adminUrl, `drop database ${name} with (force)`);
    },
  };
}

/** A copy of a database as it is now: a backup, restored beside it. Ends every connection to the original. */
export async function copyDatabase(original: TestDatabase): Promise<TestDatabase> {
  const name = new URL(original.url).pathname.slice(1);
  await asAdmin(
    inject('clusterUrl'),
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
  return cloneDatabase(name);
}

/**
 * Two clones of one template at the same instant disturb each other, and a connection that was just closed is there for
 * a moment longer: a template that is in use is asked again.
 */
async function asAdmin(url: string, sql: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    if (attempt > 1) await pause(20 + 180 * Math.random());
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(sql);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempt === 300) throw error;
    } finally {
      await client.end();
    }
  }
}
