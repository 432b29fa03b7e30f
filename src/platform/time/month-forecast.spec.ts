import { assert, date, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastOf, monthOf } from './month-forecast.js';

describe('The forecast of a month', () => {
  it.each([
    { name: 'half of a month', now: '2026-04-16T00:00:00Z', used: 1000, forecast: 2000 },
    { name: 'a third of a long month', now: '2026-03-11T08:00:00Z', used: 300, forecast: 900 },
    { name: 'a leap February', now: '2028-02-15T12:00:00Z', used: 50, forecast: 100 },
    { name: 'the last second', now: '2026-04-30T23:59:59Z', used: 1000, forecast: 1000 },
    { name: 'December, which ends the year', now: '2026-12-16T12:00:00Z', used: 10, forecast: 20 },
    { name: 'the first instant', now: '2026-04-01T00:00:00Z', used: 0, forecast: 0 },
    { name: 'the first instant, in use', now: '2026-04-01T00:00:00Z', used: 10, forecast: 310 },
    { name: 'the first five minutes', now: '2026-04-01T00:05:00Z', used: 100, forecast: 3100 },
    { name: 'the end of the first day', now: '2026-04-02T00:00:00Z', used: 100, forecast: 3000 },
  ])('is linear: $name', ({ now, used, forecast }) => {
    expect(Math.abs(forecastOf(used, new Date(now)) - forecast)).toBeLessThanOrEqual(1);
  });

  it('is never less than what was used, and never more than what a day of it would make', () => {
    const instant = date({ min: new Date('2025-01-01'), max: new Date('2035-12-31'), noInvalidDate: true });
    assert(
      property(instant, integer({ min: 0, max: 10_000_000 }), (now, used) => {
        const forecast = forecastOf(used, now);
        expect(Number.isSafeInteger(forecast)).toBe(true);
        expect(forecast).toBeGreaterThanOrEqual(used);
        expect(forecast).toBeLessThanOrEqual(used * 32);
      }),
    );
  });

  it.each([
    ['2026-03-31T23:59:59.999Z', '2026-03'],
    ['2026-04-01T00:00:00.000Z', '2026-04'],
    ['2026-04-01T01:30:00+02:00', '2026-03'],
  ])('at %s belongs to %s', (instant, month) => {
    expect(monthOf(new Date(instant))).toBe(month);
  });
});
