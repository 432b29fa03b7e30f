import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { noteConnectingFailed } from '../../platform/database/failures/unavailable.js';
import { DueJobsService } from './due-jobs.service.js';

/** Of two tables, whose look fails like this; answers what the timer runs. */
function lookingInVain(failure: Error): () => Promise<void> {
  const due = new DueJobsService({ manager: {} } as never, {} as never);
  for (const table of ['payments', 'refunds'])
    due.register(table, async () => {
      throw failure;
    });
  return () => due.enqueueAll();
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

  it('opens a transaction for what is due alone', async () => {
    const transaction = vi.fn<(work: (tx: string) => Promise<void>) => Promise<void>>((work) => work('tx'));
    const enqueueAgain = vi.fn<() => Promise<void>>();
    const due = new DueJobsService({ manager: 'pool', transaction } as never, { enqueueAgain } as never);
    const job = { name: 'qbo.preflight', payload: { orgId: 1 } } as const;
    due.register('payments', async () => []);
    due.register('preflights', async () => [job]);
    await due.enqueueAll();
    expect(transaction).toHaveBeenCalledTimes(1);
    expect(enqueueAgain.mock.calls).toEqual([['tx', [job]]]);
  });
});
