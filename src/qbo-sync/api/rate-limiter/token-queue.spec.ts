import { describe, expect, it } from 'vitest';
import { NoRateToken, type RateTokenGrant, TokenQueue } from './token-queue.js';

/** A table that gives out so many tokens at each question, and remembers what it was asked. */
function table(...answers: (RateTokenGrant | Error)[]): {
  asked: number[];
  ask: (n: number) => Promise<RateTokenGrant>;
} {
  const asked: number[] = [];
  return {
    asked,
    ask: async (wanted) => {
      asked.push(wanted);
      const answer = answers.shift() ?? given(wanted);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

function given(granted: number, more: Partial<RateTokenGrant> = {}): RateTokenGrant {
  return { granted, blockedSeconds: 0, nextMs: 2, concurrencyLimited: false, lease: 'until noon', ...more };
}

const LONG_MS = 5_000;
/** So long that a test would end first. */
const NEVER_MS = 60_000;

describe('A queue for rate tokens', () => {
  it('asks once for a call that is alone', async () => {
    const { asked, ask } = table();
    expect(await new TokenQueue(ask).take(LONG_MS)).toMatchObject({ lease: 'until noon' });
    expect(asked).toEqual([1]);
  });

  it('says since when a token can have been granted', async () => {
    const before = performance.now();
    const { askedAt } = await new TokenQueue(async (wanted) => {
      await new Promise((over) => setTimeout(over, 20));
      return given(wanted);
    }).take(LONG_MS);
    expect(askedAt - before).toBeGreaterThanOrEqual(0);
    expect(performance.now() - askedAt).toBeGreaterThanOrEqual(19);
  });

  it('asks one question for all who wait, and goes on with those who got none', async () => {
    const { asked, ask } = table(given(1), given(2));
    const queue = new TokenQueue(ask);
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4, 5].map((n) => queue.take(LONG_MS).then(() => order.push(n))));
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([1, 4, 2]);
  });

  it('rejects all at once while the company is backed off', async () => {
    const queue = new TokenQueue(table(given(0, { blockedSeconds: 42 })).ask);
    const waiting = [queue.take(LONG_MS), queue.take(LONG_MS)];
    const failures = await Promise.allSettled(waiting);
    const paused = { status: 'rejected', reason: { blockedSeconds: 42 } };
    expect(failures).toMatchObject([paused, paused]);
    await queue.take(LONG_MS);
  });

  it('asks again at once when the company is backed off, so that nobody waits for its end', async () => {
    const answers = [given(0, { nextMs: NEVER_MS }), given(0, { blockedSeconds: 60 })];
    const queue = new TokenQueue(table(...answers).ask);
    const waiting = queue.take(NEVER_MS);
    await new Promise(setImmediate);
    queue.backOff();
    await expect(waiting).rejects.toMatchObject({ blockedSeconds: 60 });
  });

  it('asks again at once when a call ends, where it is calls in flight that stand in the way', async () => {
    const { asked, ask } = table(given(0, { concurrencyLimited: true, nextMs: NEVER_MS }), given(1));
    const queue = new TokenQueue(ask);
    const waiting = queue.take(NEVER_MS);
    await new Promise(setImmediate);
    queue.callEnded();
    await waiting;
    expect(asked).toEqual([1, 1]);
  });

  it('asks again at once too when the call ended while the question was in flight', async () => {
    const full = Promise.withResolvers<RateTokenGrant>();
    const answers = [full.promise, given(1)];
    const queue = new TokenQueue(async () => answers.shift()!);
    const waiting = queue.take(NEVER_MS);
    queue.callEnded();
    full.resolve(given(0, { concurrencyLimited: true, nextMs: NEVER_MS }));
    expect(await waiting).toMatchObject({ lease: 'until noon' });
  });

  it('does not ask for each call that ends while it is time that stands in the way', async () => {
    const { asked, ask } = table(given(0, { nextMs: 1_000 }), given(1));
    const queue = new TokenQueue(ask);
    const waiting = queue.take(LONG_MS);
    await new Promise(setImmediate);
    for (let n = 0; n < 5; n += 1) queue.callEnded();
    await new Promise(setImmediate);
    expect(asked).toEqual([1]);
    await waiting;
  });

  it('rejects a call whose time is over, and keeps the place of the others', async () => {
    const { asked, ask } = table(...Array.from({ length: 5 }, () => given(0)));
    const queue = new TokenQueue(ask);
    const [hasty, patient] = [queue.take(1), queue.take(LONG_MS)];
    await expect(hasty).rejects.toThrow(NoRateToken);
    await patient;
    expect(asked.at(-1)).toBe(1);
  });

  it('rejects those who wait when the table cannot be asked, and asks anew for the next', async () => {
    const queue = new TokenQueue(table(new Error('the database is away')).ask);
    await expect(queue.take(LONG_MS)).rejects.toThrow('the database is away');
    await queue.take(LONG_MS);
  });
});
