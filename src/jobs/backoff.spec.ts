import { describe, expect, it } from 'vitest';
import { type Backoff, nextAttempt, pauseMs } from './backoff.js';

const doubling: Backoff = { firstMs: 2_000, maxMs: 900_000 };
const steady: Backoff = { ...doubling, jitter: 0 };
const half: Backoff = { firstMs: 1_000, maxMs: 60_000, jitter: 0.5 };
const sixfold: Backoff = { firstMs: 10_000, factor: 6, maxMs: 21_600_000, jitter: 0 };
const now = new Date('2026-03-02T10:00:00Z');

describe('The pause before the next attempt', () => {
  it.each([
    ['after the first failure', steady, 1, 0.3, 2_000],
    ['doubles', steady, 2, 0.3, 4_000],
    ['doubles again', steady, 3, 0.3, 8_000],
    ['is as long as the first where nothing failed yet', steady, 0, 0.3, 2_000],
    ['ends at its maximum', steady, 10, 0.3, 900_000],
    ['stays there however often it failed', steady, 5_000, 0.3, 900_000],
    ['grows by another factor', sixfold, 3, 0.3, 360_000],
    ['is drawn between nothing and all of it', doubling, 3, 0, 0],
    ['by chance', doubling, 3, 0.25, 2_000],
    ['up to all of it', doubling, 3, 0.999, 7_992],
    ['has whole milliseconds', doubling, 1, 0.00001, 1],
    ['is at least the half that chance does not decide', half, 2, 0, 1_000],
    ['and at most all of it', half, 2, 0.999, 1_999],
  ])('%s', (_name, backoff, failed, random, expected) => {
    expect(pauseMs(backoff, failed, random)).toBe(expected);
  });
});

describe('The next attempt', () => {
  const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

  it.each([
    ['comes after the pause', steady, { failed: 2 }, at(4)],
    ['never ends where nothing says so', steady, { failed: 1_000, since: at(-1e8) }, at(900)],
    ['is still made before the last', { ...steady, attemptsMax: 3 }, { failed: 2 }, at(4)],
    ['is not made after the last', { ...steady, attemptsMax: 3 }, { failed: 3 }, null],
    ['is made within its life', { ...steady, lifeMs: 60_000 }, { failed: 1, since: at(-59) }, at(2)],
    ['is not made after its life', { ...steady, lifeMs: 60_000 }, { failed: 1, since: at(-60) }, null],
  ])('%s', (_name, backoff, attempts, expected) => {
    expect(nextAttempt(backoff, attempts, now, 0.5)).toEqual(expected);
  });
});
