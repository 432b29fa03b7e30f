import { describe, expect, it } from 'vitest';
import { NoPermit, type PermitAnswer, PermitQueue } from './permit-queue.js';

/** A table that gives out so many permits at each question, and remembers what it was asked. */
function table(...answers: (PermitAnswer | Error)[]): {
  asked: number[];
  ask: (n: number) => Promise<PermitAnswer>;
} {
  const asked: number[] = [];
  return {
    asked,
    ask: async (wanted) => {
      asked.push(wanted);
      const answer = answers.shift() ?? { granted: wanted, blockedSeconds: 0, nextMs: 2 };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

const LONG_MS = 5_000;

describe('A queue for permits', () => {
  it('asks once for a call that is alone', async () => {
    const { asked, ask } = table();
    await new PermitQueue(ask).take(LONG_MS);
    expect(asked).toEqual([1]);
  });

  it('asks one question for all who wait, and goes on with those who got none', async () => {
    const { asked, ask } = table(
      { granted: 1, blockedSeconds: 0, nextMs: 2 },
      { granted: 2, blockedSeconds: 0, nextMs: 2 },
    );
    const queue = new PermitQueue(ask);
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4, 5].map((n) => queue.take(LONG_MS).then(() => order.push(n))));
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([1, 4, 2]);
  });

  it('sends everybody away at once while the company is paused', async () => {
    const queue = new PermitQueue(table({ granted: 0, blockedSeconds: 42, nextMs: 2 }).ask);
    const waiting = [queue.take(LONG_MS), queue.take(LONG_MS)];
    const failures = await Promise.allSettled(waiting);
    const paused = { status: 'rejected', reason: { blockedSeconds: 42 } };
    expect(failures).toMatchObject([paused, paused]);
    await queue.take(LONG_MS);
  });

  it('gives a call up whose time is over, and keeps the place of the others', async () => {
    const none = { granted: 0, blockedSeconds: 0, nextMs: 2 };
    const { asked, ask } = table({ granted: 0, blockedSeconds: 0, nextMs: 2 }, none);
    const queue = new PermitQueue(ask);
    const [hasty, patient] = [queue.take(1), queue.take(LONG_MS)];
    await expect(hasty).rejects.toThrow(NoPermit);
    await patient;
    expect(asked.at(-1)).toBe(1);
  });

  it('tells those who wait when the table cannot be asked, and asks anew for the next', async () => {
    const queue = new PermitQueue(table(new Error('the database is away')).ask);
    await expect(queue.take(LONG_MS)).rejects.toThrow('the database is away');
    await queue.take(LONG_MS);
  });
});
