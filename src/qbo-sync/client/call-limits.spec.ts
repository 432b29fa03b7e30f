import { describe, expect, it } from 'vitest';
import { BATCHES, callLimitsOf, reaskAfterMs } from './call-limits.js';

describe('The limits of a company', () => {
  it('keep ours below what QuickBooks allows', () => {
    const limits = callLimitsOf(8, 450);
    expect(limits).toEqual({ windowMax: 10, paceMax: 1, easyMax: 12, minutePerSecond: 7.5, minuteMax: 30 });
    expect(limits.minutePerSecond * 60 + limits.minuteMax).toBeLessThan(500);
    expect(BATCHES.perSecond * 60 + BATCHES.atOnceMax).toBeLessThan(40);
  });

  it.each([
    { perSecond: 1, perMinute: 15 },
    { perSecond: 3, perMinute: 100 },
    { perSecond: 1000, perMinute: 60_000 },
  ])('let something through at $perSecond a second and $perMinute a minute', ({ perSecond, perMinute }) => {
    expect(Math.min(...Object.values(callLimitsOf(perSecond, perMinute)))).toBeGreaterThan(0);
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
    expect(reaskAfterMs(100, one.refusals, one.random)).toBe(one.afterMs);
  });
});
