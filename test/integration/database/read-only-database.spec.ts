import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { createOrg, type Person } from '../../support/people.js';

/** More than the connections that a process has open: each of them may have been opened meanwhile. */
const TRIES_MAX = 12;

describe('A database that takes no writes for a while, as its disk is full', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;
  let count = 0;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ admin } = await createOrg(app));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** As a managed PostgreSQL does it: by a setting that a session keeps from its beginning to its end. */
  const forbidWrites = (text: 'on' | 'off') =>
    database.query(`do $$ begin
      execute format('alter database %I set default_transaction_read_only = ${text}', current_database());
    end $$`);
  const write = async () => {
    count += 1;
    const { status } = await admin.post('/customers', {
      email: `ann${count}@acme.test`,
      full_name: 'Ann Ruiz',
    });
    return status;
  };

  it('is written to again as soon as it takes writes, by the processes that were there all the time', async () => {
    expect(await write()).toBe(201);
    await forbidWrites('on');
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like 'peakpro-crm%'`,
    );
    await eventually(async () => expect((await admin.get('/customers')).status).toBe(200));
    expect([await write(), await write()]).toEqual([503, 503]);
    await forbidWrites('off');
    const statuses: number[] = [];
    while (statuses.at(-1) !== 201 && statuses.length < TRIES_MAX) statuses.push(await write());
    expect(statuses.at(-1)).toBe(201);
  });
});
