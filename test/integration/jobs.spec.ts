import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { readConfig } from '../../src/config/config.js';
import { JobsService } from '../../src/jobs/jobs.service.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

const COMPANIES = 60;

describe('A queue', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let jobs: JobsService;

  beforeAll(async () => {
    database = await cloneDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    jobs = new JobsService(readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' }), database.url);
    await jobs.onModuleInit();
  });

  afterAll(async () => {
    await jobs.onApplicationShutdown();
    await dataSource.destroy();
    await database[Symbol.asyncDispose]();
  });

  it('is worked off without a pause between one job and the next', async () => {
    const swept = new Map<number, number>();
    const places = { now: 0, most: 0 };
    await jobs.work('qbo.company.sweep', async ({ orgId }) => {
      places.most = Math.max(places.most, (places.now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      swept.set(orgId, performance.now());
      places.now -= 1;
    });
    for (let orgId = 1; orgId <= COMPANIES; orgId += 1) {
      await jobs.enqueue(dataSource.manager, 'qbo.company.sweep', { orgId });
    }
    await eventually(async () => expect(swept.size).toBe(COMPANIES), 10_000);
    // Four places that rested a second after each job would take fifteen seconds.
    const times = [...swept.values()];
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(7_000);
    expect(places.most).toBeLessThanOrEqual(4);
  });
});
