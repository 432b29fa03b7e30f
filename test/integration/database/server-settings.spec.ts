import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, signIn } from '../../support/people.js';

/** A quarter past two of the next day in Kathmandu. */
const EVENING = '2026-11-29T20:30:00Z';

describe('A database whose administrator writes dates in another way, in another time zone', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    for (const setting of [`datestyle = 'German, DMY'`, `timezone = 'Asia/Kathmandu'`]) {
      await database.query(`do $$ begin
        execute format('alter database %I set ${setting.replaceAll(`'`, `''`)}', current_database());
      end $$`);
    }
    app = await startApp({ databaseUrl: database.url });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('lets people sign in, and tells them when something was written', async () => {
    const { admin } = await createOrg(app);
    const person = await signIn(app, admin.email);
    const before = Date.now();
    const made = await person.post('/customers', { email: 'ann@acme.test', full_name: 'Ann Ruiz' });
    expect(made.status).toBe(201);
    const { body } = await person.get(`/customers/${made.body.id as number}`);
    expect(Date.parse(body.created_at as string)).toBeGreaterThanOrEqual(before - 60_000);
  });

  it('makes the same day of an instant as any other, and writes it the same way', async () => {
    const pool = await new DataSource(dataSourceOptions(database.url, 1)).initialize();
    const [row] = await pool.query<object[]>(
      `select $1::timestamptz as at, $1::timestamptz::date::text as day, date '2026-02-01' as written`,
      [EVENING],
    );
    expect(row).toEqual({ at: new Date(EVENING), day: '2026-11-29', written: '2026-02-01' });
    await pool.destroy();
  });
});
