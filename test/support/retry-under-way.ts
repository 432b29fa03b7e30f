import { expect, vi } from 'vitest';
import { OperationRunnerService } from '../../src/qbo-sync/operations/operation-runner.service.js';
import { OperationsRepository } from '../../src/qbo-sync/operations/rows/operations.repository.js';
import type { Books, Contractor } from './books.js';
import { eventually } from './eventually.js';
import { holdNext } from './hold.js';
import type { Json } from './people.js';

/**
 * Three people retry an item at once. QuickBooks has what the first one sends, and its answer is on its way meanwhile:
 * the second one waits for longer than anybody does, and the third one until it is over. Answers what each is told.
 */
export async function retriedWhileSent<Target extends object>(
  { app }: Books,
  { admin }: Contractor,
  itemId: number,
  [target, method]: readonly [Target, keyof Target & string],
): Promise<Json[]> {
  const retry = () => admin.post(`/inbox/${itemId}/retry`);
  const waitFor = vi.spyOn(app.app.get(OperationRunnerService), 'waitFor');
  const held = holdNext(target, method);
  try {
    const first = retry();
    await held.done;
    waitFor.mockImplementationOnce(
      async (key) => (await app.app.get(OperationsRepository).look(key)).operation,
    );
    const second = await retry();
    waitFor.mockClear();
    const third = retry();
    const waits = eventually(() => expect(waitFor).toHaveBeenCalled());
    waits.catch(() => {}); // it may never come where the third one has its answer
    await Promise.race([third, waits]);
    held.letGo();
    return [await first, second, await third].map(({ body }) => body);
  } finally {
    held.letGo();
    waitFor.mockRestore();
  }
}

/** What they are told where the work is done once and nobody is misled. */
export const ANSWERED_WHILE_SENT = [
  { state: 'resolved' },
  { state: 'open', error: expect.stringContaining('being sent at this moment') as string },
  { state: 'resolved' },
];
