import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { JobsService } from '../../src/jobs/jobs.service.js';
import { readConfig } from '../../src/platform/config/config.js';
import { migrate } from '../../src/platform/database/schema/migrate.js';

declare module 'vitest' {
  interface ProvidedContext {
    clusterUrl: string;
    /** How a database is copied the fastest, as the end of `create database`. */
    cloneStrategy: string;
  }
}

export const TEMPLATE = 'crm_template';

/** Files that Linux keeps in memory. */
const MEMORY = '/dev/shm';
/** What the databases of a run take at the most, many times over. */
const ROOM_BYTES = 4 * 1024 ** 3;

/**
 * One PostgreSQL per run, with a migrated template that each test file clones.
 * `TEST_DATABASE_URL` names another server to use instead; its databases are dropped again.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env.TEST_DATABASE_URL;
  const folder = external ? undefined : await mkdtemp(join(await fastestFolder(), 'crm-test-'));
  const server = folder ? await startEmbeddedPostgres(folder, { fast: true }) : undefined;
  const url = (database: string) => server?.url(database) ?? withDatabase(external!, database);
  await recreate(url('postgres'), TEMPLATE);
  await migrate(url(TEMPLATE), asAppRole(url(TEMPLATE)));
  await makeQueues(asAppRole(url(TEMPLATE)));
  await markTidied(url(TEMPLATE));
  project.provide('clusterUrl', url('postgres'));
  // Copies files instead of writing each page to the log: half the time. Not known before PostgreSQL 15.
  project.provide('cloneStrategy', external ? '' : 'strategy file_copy');
  return async () => {
    if (!folder) return;
    await server!.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Memory where the machine has much: a database is copied and dropped for each file, some 170 times. Else the disk. */
async function fastestFolder(): Promise<string> {
  const room = await statfs(MEMORY).catch(() => null);
  return room && room.bavail * room.bsize >= ROOM_BYTES ? MEMORY : tmpdir();
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

/** The same database, signed in to as the product is: with a role that owns nothing and sees what policies allow. */
export function asAppRole(url: string): string {
  const changed = new URL(url);
  changed.username = 'crm_test_app';
  changed.password = 'of-tests-only';
  return changed.toString();
}

/** As the first start of a process does, so that each application of a test finds them. */
async function makeQueues(databaseUrl: string): Promise<void> {
  const jobs = new JobsService(readConfig({ NODE_ENV: 'test', CRM_ROLE: 'api' }), databaseUrl);
  await jobs.onModuleInit();
  await jobs.stop();
}

/**
 * Finished jobs are deleted, and indexes looked at, when a day has passed: else each application of a test would begin
 * with that, some 600 statements for queues that are empty.
 */
async function markTidied(ownerUrl: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`update pgboss.queue set maintain_on = now() + interval '1 day'`);
  await client.query('update pgboss.version set reindex_on = now()');
  await client.end();
}

async function recreate(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`drop database if exists ${name}`);
  await client.query(`create database ${name}`);
  await client.end();
}
