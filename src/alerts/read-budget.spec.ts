import { describe, expect, it } from 'vitest';
import { runsShort } from './read-budget.js';

describe('The reads of a month', () => {
  it.each([
    { used: 100, forecast: 800, before: false, short: false },
    { used: 100, forecast: 801, before: false, short: true },
    { used: 801, forecast: 801, before: false, short: true },
    { used: 100, forecast: 751, before: true, short: true },
    { used: 100, forecast: 750, before: true, short: false },
    { used: 751, forecast: 751, before: true, short: true },
  ])(
    'with $used used and $forecast forecast of 1000, short before: $before, run short: $short',
    ({ used, forecast, before, short }) => {
      expect(runsShort({ month: '2026-03', used, forecast, budget: 1_000 }, before)).toBe(short);
    },
  );
});
