import { describe, expect, it } from 'vitest';
import { runsShort, staysShort } from './read-budget.js';

describe('The reads of a month, of which there are 1000,', () => {
  const reads = (used: number, forecast: number) => ({ month: '2026-03', used, forecast, budget: 1_000 });

  it.each([
    { used: 100, forecast: 800, short: false },
    { used: 100, forecast: 801, short: true },
    { used: 801, forecast: 801, short: true },
  ])('with $used used and $forecast forecast run short: $short', ({ used, forecast, short }) => {
    expect(runsShort(reads(used, forecast))).toBe(short);
  });

  it.each([
    { used: 100, forecast: 751, short: true },
    { used: 100, forecast: 750, short: false },
    { used: 751, forecast: 751, short: true },
  ])('once short, with $used used and $forecast forecast stay so: $short', ({ used, forecast, short }) => {
    expect(staysShort(reads(used, forecast))).toBe(short);
  });
});
