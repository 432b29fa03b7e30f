import { describe, expect, it } from 'vitest';
import { BATCHES, rateLimitsOf, isStale, askAgainAfterMs } from './rate-limits.js';

const AT_REST = { requestsAtOnce: 8, requestTimeoutMs: 30_000 };

describe('The limits of a company', () => {
  it('keep ours below what QuickBooks allows', () => {
    const limits = rateLimitsOf({ ...AT_REST, requestsPerSecond: 8, requestsPerMinute: 450 });
    expect(limits).toEqual({
      windowMax: 10,
      sustainedMax: 1,
      burstMax: 12,
      minutePerSecond: 7.5,
      minuteMax: 30,
      inFlightMax: 8,
      leaseSeconds: 35,
    });
    expect(limits.minutePerSecond * 60 + limits.minuteMax).toBeLessThan(500);
    expect(BATCHES.perSecond * 60 + BATCHES.atOnceMax).toBeLessThan(40);
  });

  it.each([
    { requestsPerSecond: 1, requestsPerMinute: 15 },
    { requestsPerSecond: 3, requestsPerMinute: 100 },
    { requestsPerSecond: 1000, requestsPerMinute: 60_000 },
  ])('let something through at $requestsPerSecond a second and $requestsPerMinute a minute', (pace) => {
    expect(Math.min(...Object.values(rateLimitsOf({ ...AT_REST, ...pace })))).toBeGreaterThan(0);
  });
});

describe('A rate token', () => {
  it.each([
    { ageMs: 0, staleBefore: 0, is: false },
    { ageMs: 200, staleBefore: 0, is: false },
    { ageMs: 201, staleBefore: 0, is: true },
    { ageMs: 5_000, staleBefore: 2, is: true },
    { ageMs: 5_000, staleBefore: 3, is: false },
  ])('of $ageMs ms after $staleBefore that were stale is stale: $is', ({ ageMs, staleBefore, is }) => {
    expect(isStale(ageMs, staleBefore)).toBe(is);
  });
});

describe('Asking again', () => {
  it.each([
    { refusals: 0, random: 0, afterMs: 100 },
    { refusals: 0, random: 0.5, afterMs: 130 },
    { refusals: 8, random: 0.5, afterMs: 130 },
    { refusals: 10, random: 0.5, afterMs: 167.5 },
    { refusals: 100, random: 0.5, afterMs: 600 },
  ])('after $refusals refusals, 100 ms before the next chance, is $afterMs ms away', (one) => {
    expect(askAgainAfterMs(100, one.refusals, one.random)).toBe(one.afterMs);
  });
});
