import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dayInZone, isCalendarDay } from './calendar-day.js';

describe('The day it is', () => {
  it.each([
    { instant: '2026-03-02T06:59:59Z', zone: 'America/Denver', day: '2026-03-01' },
    { instant: '2026-03-02T07:00:00Z', zone: 'America/Denver', day: '2026-03-02' },
    { instant: '2026-07-01T05:59:59Z', zone: 'America/Denver', day: '2026-06-30' },
    { instant: '2026-07-01T06:00:00Z', zone: 'America/Denver', day: '2026-07-01' },
    { instant: '2026-12-31T23:59:59Z', zone: 'UTC', day: '2026-12-31' },
    { instant: '2026-12-31T11:00:00Z', zone: 'Pacific/Auckland', day: '2027-01-01' },
  ])('in $zone at $instant is $day', ({ instant, zone, day }) => {
    expect(dayInZone(new Date(instant), zone)).toBe(day);
  });

  it('is asked of a zone that exists', () => {
    expect(() => dayInZone(new Date(), 'Mars/Olympus')).toThrow(RangeError);
  });
});

describe('So many days later', () => {
  it.each([
    { day: '2026-02-27', days: 2, is: '2026-03-01' },
    { day: '2028-02-28', days: 1, is: '2028-02-29' },
    { day: '2026-12-31', days: 1, is: '2027-01-01' },
    { day: '2026-03-01', days: -1, is: '2026-02-28' },
    { day: '2026-03-07', days: 2, is: '2026-03-09' },
    { day: '2026-03-07', days: 0, is: '2026-03-07' },
    { day: '9999-12-01', days: 31, is: '9999-12-31' }, // due on the last day there is: never
  ])('than $day by $days is $is', ({ day, days, is }) => {
    expect(addDays(day, days)).toBe(is);
  });

  it('and as many earlier is the same day', () => {
    const day = fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, fc.integer({ min: -5_000, max: 5_000 }), (start, days) => {
        expect(addDays(addDays(start, days), -days)).toBe(start);
      }),
    );
  });
});

describe('A calendar day', () => {
  it('is one that Date has, from 1900 on', () => {
    const digits = (max: number, length: number) =>
      fc.integer({ min: 0, max }).map((number) => String(number).padStart(length, '0'));
    const text = fc
      .tuple(fc.constantFrom('1899', '1900', '2023', '2024', '2100'), digits(14, 2), digits(33, 2))
      .map((parts) => parts.join('-'));
    fc.assert(
      fc.property(text, (day) => {
        const date = new Date(`${day}T00:00:00Z`);
        const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
        expect(isCalendarDay(day)).toBe(exists && day >= '1900-01-01');
      }),
      { numRuns: 1000 },
    );
  });

  it.each([['2026-1-01'], ['2026-01-01 '], ['12026-01-01'], [''], [20260101], [null]])(
    'is not %j',
    (value) => {
      expect(isCalendarDay(value)).toBe(false);
    },
  );
});
