import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/platform/database/embedded/embedded-postgres.js';
import { AuditService } from '../../../src/audit/audit.service.js';
import { startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { type DatabaseProxy, startDatabaseProxy } from '../../support/database-proxy.js';
import { eventually } from '../../support/eventually.js';
import { aFolder } from '../../support/folder.js';
import { createOrg } from '../../support/people.js';
import { holdBefore } from '../../support/hold.js';
import { freePort } from '../../support/ports.js';
import { type CrmProcess, launchProcess, untilReady } from '../../support/process.js';

/** A standby becomes a server like any other. */
async function promote(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('select pg_promote()');
  await client.end();
}

describe('While PostgreSQL is away', () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;

  beforeEach(async () => {
    database = await cloneDatabase();
    proxy = await startDatabaseProxy(database.url);
  });

  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it.each([
    ['refuse', 'loopback'],
    ['refuse', 'socket'],
    ['startUp', 'loopback'],
  ] as const)(
    'requests are answered with 503 and when to ask again, and served as soon as it is back (%s, %s)',
    async (state, by) => {
      await using folder = await aFolder();
      await using own =
        by === 'socket' ? await startDatabaseProxy(database.url, { socketFolder: folder.path }) : null;
      await using app = await startApp({ databaseUrl: (own ?? proxy).url });
      const { admin } = await createOrg(app);
      await (own ?? proxy)[state]();
      for (const path of ['/customers', '/auth/me', '/health/ready']) {
        const answer = await fetch(`${app.url}${path}`, {
          headers: { authorization: `Bearer ${admin.token}` },
        });
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
        expect(await answer.json()).toMatchObject({ status: 503, code: 'database_unavailable' });
      }
      const login = await admin.post('/auth/login', { email: 'nobody@example.com', password: 'whatever' });
      expect(login).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
      await (own ?? proxy).answer();
      await eventually(async () => expect((await admin.get('/customers')).status).toBe(200));
    },
  );

  it('a request whose connection ends between two of its statements is answered so too, and did nothing', async () => {
    await using app = await startApp({ databaseUrl: proxy.url });
    const { admin } = await createOrg(app);
    const written = holdBefore(app.app.get(AuditService), 'record');
    const asked = admin.post('/customers', { email: 'ann@acme.test', full_name: 'Ann Ruiz' });
    await written.made;
    await proxy.refuse();
    expect((await admin.get('/customers')).status).toBe(503);
    written.letGo();
    expect(await asked).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
    await proxy.answer();
    const { body } = await eventually(async () => {
      const answer = await admin.get('/customers');
      expect(answer.status).toBe(200);
      return answer;
    });
    expect(body.items).toEqual([]);
  });

  it('a process waits for one that can be read and takes no writes yet, and starts when it does', async () => {
    await using folder = await aFolder();
    await (await startEmbeddedPostgres(folder.path, { fast: true })).stop();
    await writeFile(join(folder.path, 'postgres', 'standby.signal'), '');
    const standby = await startEmbeddedPostgres(folder.path, { fast: true });
    try {
      const url = standby.url('postgres');
      const waiting = launchProcess({ PORT: String(await freePort()), DATABASE_URL: url });
      await eventually(() => expect(waiting.output()).toContain('takes no writes yet'));
      await promote(url);
      await untilReady(waiting);
      expect(await waiting.end('SIGTERM')).toBe(0);
    } finally {
      await standby.stop();
    }
  });

  it('a worker that waits ends with 0 when it is told to', async () => {
    await proxy.refuse();
    const worker = launchProcess({ PORT: '0', DATABASE_URL: proxy.url, CRM_ROLE: 'worker' });
    await eventually(() => expect(worker.output()).toContain('Waiting for PostgreSQL'));
    expect(await worker.end('SIGTERM')).toBe(0);
  });
});

describe('While PostgreSQL is away for a worker that is there all along', () => {
  let ofWorker: TestDatabase;
  let away: DatabaseProxy;
  let worker: CrmProcess | undefined;

  beforeAll(async () => {
    ofWorker = await cloneDatabase();
    away = await startDatabaseProxy(ofWorker.url);
  });

  afterAll(async () => {
    await worker?.end('SIGKILL');
    await away[Symbol.asyncDispose]();
    await ofWorker[Symbol.asyncDispose]();
  });

  const launched = async (): Promise<CrmProcess> => {
    const env = { DATABASE_URL: away.url, CRM_ROLE: 'worker', LOG_LEVEL: 'warn' };
    return launchProcess({ PORT: String(await freePort()), ...env });
  };

  it('a worker waits for it instead of ending, and starts when it is up', async () => {
    await worker?.end('SIGKILL');
    await away.startUp();
    const waiting = await launched();
    worker = waiting;
    await eventually(() => expect(waiting.output()).toContain('the database system is starting up'));
    const first = await Promise.race([waiting.ended, pause(1_500, 'still there')]);
    expect(first).toBe('still there');
    await away.answer();
    await untilReady(waiting);
  });

  it('a worker says so now and then, not once a second at each of its queues', async () => {
    const running = (worker ??= await launched());
    await untilReady(running);
    const before = running.output().split('\n').length;
    const linesSince = () =>
      running
        .output()
        .split('\n')
        .slice(before - 1);
    await away.refuse();
    await eventually(() => expect(linesSince().filter(Boolean)).not.toEqual([]));
    const startedAt = performance.now();
    await pause(5_000);
    const lines = linesSince();
    await away.answer();
    // a line of each queue in ten seconds; once a second at each place of them it would be hundreds
    const tenths = 1 + Math.floor((performance.now() - startedAt) / 10_000);
    expect(lines.length).toBeLessThan(60 * tenths);
    expect(lines.filter((line) => line && !line.includes('"msg"'))).toEqual([]);
    await untilReady(running);
    expect(await running.end('SIGTERM')).toBe(0);
    worker = undefined;
  });
});
