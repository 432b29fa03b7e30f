import { Logger } from '@nestjs/common';
import { expect, it, vi } from 'vitest';
import { TimetableService } from '../../../src/jobs/timers/timetable.service.js';
import { InvoicePollerService } from '../../../src/qbo-sync/pull/invoice-poller.service.js';
import { startApp } from '../../support/app.js';
import { cloneDatabase } from '../../support/database.js';

it('A process that ends lets its timers end before it closes the database, and logs no error', async () => {
  await using database = await cloneDatabase();
  const app = await startApp({ databaseUrl: database.url });
  const errors = vi.spyOn(Logger.prototype, 'error');
  vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] }); // every timer but the nightly one is due
  try {
    app.app.get(TimetableService).runDue();
    const looked = app.app.get(InvoicePollerService).run();
    await app[Symbol.asyncDispose]();
    await looked;
  } finally {
    vi.useRealTimers();
  }
  expect(errors.mock.calls).toEqual([]);
});
