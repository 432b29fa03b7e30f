import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { createOrg, type Person } from '../support/people.js';

const MONTHS = Array.from({ length: 10 }, (_, index) => `2025-${String(index + 1).padStart(2, '0')}`);

describe('Months of the books', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, env: { DB_POOL_MAX: '2' } });
    ({ admin } = await createOrg(app));
  });

  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  it('are closed ten at once with two connections to the database', async () => {
    const answers = await Promise.all(MONTHS.map((month) => admin.post(`/periods/${month}/close`)));
    expect(answers.map(({ status }) => status)).toEqual(MONTHS.map(() => 200));
    const packs = await Promise.all(MONTHS.map((month) => admin.get(`/periods/${month}/pack`)));
    expect(packs.map(({ body }) => body.verified)).toEqual(MONTHS.map(() => true));
  });
});
