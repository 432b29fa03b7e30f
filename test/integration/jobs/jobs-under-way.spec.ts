import { PgBoss } from 'pg-boss';
import { DataSource } from 'typeorm';
import { afterEach, expect, it, vi } from 'vitest';
import { JobsService } from '../../../src/jobs/jobs.service.js';
import { startApp } from '../../support/app.js';
import { cloneDatabase } from '../../support/database.js';

afterEach(() => vi.restoreAllMocks());

it('A job that is under way when its process ends has the database until it is over', async () => {
  await using database = await cloneDatabase();
  const running = await startApp({ databaseUrl: database.url });
  const jobs = running.app.get(JobsService);
  const dataSource = running.app.get(DataSource);
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const order: unknown[] = [];
  await jobs.work('qbo.payment.carry', async () => {
    begun.resolve();
    await held.promise;
    const [row] = await dataSource.query<object[]>('select 1 as read').catch((error: unknown) => [error]);
    order.push(row);
  });
  const destroy = dataSource.destroy.bind(dataSource);
  vi.spyOn(dataSource, 'destroy').mockImplementation(() => {
    order.push('the database is closed');
    return destroy();
  });
  const stop: (this: PgBoss, ...given: Parameters<PgBoss['stop']>) => Promise<void> =
    // oxlint-disable-next-line typescript/unbound-method -- it is called with the queue that is stopped
    PgBoss.prototype.stop;
  vi.spyOn(PgBoss.prototype, 'stop').mockImplementation(function (this: PgBoss, options) {
    held.resolve(); // the queue waits for what is under way from now on
    return stop.call(this, options);
  });

  await jobs.enqueue(dataSource.manager, 'qbo.payment.carry', { orgId: 1, paymentId: 1 });
  await begun.promise;
  await running[Symbol.asyncDispose]();
  expect(order).toEqual([{ read: 1 }, 'the database is closed']);
});
