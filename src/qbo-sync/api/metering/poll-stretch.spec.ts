import { describe, expect, it } from 'vitest';
import { stretchedIntervalMs, pollFactor } from './poll-stretch.js';

const BUDGET = 1_000;
const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;

describe('The pace of the polls', () => {
  it.each([
    { used: 0, forecast: 0, factor: 1 },
    { used: 100, forecast: 800, factor: 1 },
    { used: 100, forecast: 801, factor: 2 },
    { used: 801, forecast: 801, factor: 2 },
    { used: 100, forecast: 900, factor: 2 },
    { used: 100, forecast: 901, factor: 4 },
    { used: 100, forecast: 950, factor: 4 },
    { used: 100, forecast: 951, factor: 8 },
    { used: 100, forecast: 980, factor: 8 },
    { used: 981, forecast: 981, factor: 16 },
    { used: 1500, forecast: 1500, factor: 16 },
    { used: 1500, forecast: 9_000_000, factor: 16 },
  ])('is $factor times slower at $used used and $forecast forecast of 1000', ({ used, forecast, factor }) => {
    expect(pollFactor({ used, forecast, budget: BUDGET })).toBe(factor);
  });

  it.each([
    { usual: HALF_HOUR_MS, factor: 1, interval: HALF_HOUR_MS },
    { usual: HALF_HOUR_MS, factor: 4, interval: 4 * HALF_HOUR_MS },
    { usual: DAY_MS / 2, factor: 16, interval: DAY_MS },
    { usual: 3 * DAY_MS, factor: 16, interval: 3 * DAY_MS },
  ])('makes $interval ms of $usual ms at factor $factor', ({ usual, factor, interval }) => {
    expect(stretchedIntervalMs(usual, factor)).toBe(interval);
  });
});
