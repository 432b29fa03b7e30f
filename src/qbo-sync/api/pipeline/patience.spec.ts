import { describe, expect, it } from 'vitest';
import { isPatient, patiently, retryWaitMs } from './patience.js';

describe('Patience', () => {
  it('holds for everything the work does, and for nothing beside it', async () => {
    const seen = await patiently(async () => {
      await Promise.resolve();
      return isPatient();
    });
    expect([isPatient(), seen, isPatient()]).toEqual([false, true, false]);
  });

  it.each([
    { retries: 0, leftMs: 1000, random: 0, waitMs: 0 },
    { retries: 0, leftMs: 1000, random: 0.5, waitMs: 125 },
    { retries: 1, leftMs: 1000, random: 0.5, waitMs: 250 },
    { retries: 2, leftMs: 1000, random: 0, waitMs: null },
    { retries: 0, leftMs: 100, random: 0.5, waitMs: null },
    { retries: 0, leftMs: -1, random: 0, waitMs: null },
  ])('after $retries retries with $leftMs ms left waits $waitMs', ({ retries, leftMs, random, waitMs }) => {
    expect(retryWaitMs(retries, leftMs, random)).toBe(waitMs);
  });
});
