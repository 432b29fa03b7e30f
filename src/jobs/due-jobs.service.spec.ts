import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { noteConnectingFailed } from '../platform/database/unavailable.js';
import { DueJobsService } from './due-jobs.service.js';

/** Of two tables, whose look fails like this; answers what the timer runs. */
function lookingInVain(failure: Error): () => Promise<void> {
  let look = async (): Promise<void> => {};
  const dataSource = {
    transaction: async () => {
      throw failure;
    },
  };
  const timetable = { register: (_name: string, run: () => Promise<void>) => (look = run) };
  const due = new DueJobsService(dataSource as never, {} as never, timetable as never);
  for (const table of ['payments', 'refunds']) due.register({ table, list: async () => [] });
  due.onModuleInit();
  return () => look();
}

describe('The net for lost jobs', () => {
  afterEach(() => vi.restoreAllMocks());

  it('logs once while the database is away, whatever the number of its tables', async () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    noteConnectingFailed(away);
    const look = lookingInVain(away);
    for (let second = 0; second < 5; second += 1) await look();
    expect(log).toHaveBeenCalledTimes(1);
    expect(log.mock.calls[0]).toMatchObject([
      { err: away, table: 'payments', withheld: 0 },
      expect.any(String),
    ]);
  });

  it('logs another failure of each table', async () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    await lookingInVain(new Error('wrong'))();
    expect(log).toHaveBeenCalledTimes(2);
  });

  it('refuses a second service that says which rows of a table are due', () => {
    const due = new DueJobsService({} as never, {} as never, {} as never);
    due.register({ table: 'refunds', list: async () => [] });
    expect(() => due.register({ table: 'refunds', list: async () => [] })).toThrow(
      'Two services say which rows are due of refunds.',
    );
  });
});
