import { expect, it } from 'vitest';
import { type Schedule, firstOn, nextAfter } from './schedule.ts';

const monthly: Schedule = {
  interval: 'Monthly',
  every: 1,
  dayOfMonth: 31,
  weekday: null,
  weekOfMonth: null,
  month: 0,
};

/** The first days from a day on. */
function days(schedule: Partial<Schedule>, from: string, count: number): string[] {
  const whole = { ...monthly, ...schedule };
  const found = [firstOn(whole, from)];
  while (found.length < count) found.push(nextAfter(whole, found.at(-1)!));
  return found;
}

it('the 31st is the last day of a shorter month, and the 31st again after it', () => {
  expect(days({}, '2027-12-05', 4)).toEqual(['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31']);
});

it('a day of the month that has passed is next month’s', () => {
  expect(days({ dayOfMonth: 5, every: 3 }, '2027-11-06', 3)).toEqual([
    '2027-12-05',
    '2028-03-05',
    '2028-06-05',
  ]);
});

it('the second Tuesday and the last Friday of each month', () => {
  expect(days({ weekday: 2, weekOfMonth: 2 }, '2027-01-13', 2)).toEqual(['2027-02-09', '2027-03-09']);
  expect(days({ weekday: 5, weekOfMonth: 5 }, '2027-01-01', 3)).toEqual([
    '2027-01-29',
    '2027-02-26',
    '2027-03-26',
  ]);
});

it('every other Monday, every third day, every 29th of February', () => {
  expect(days({ interval: 'Weekly', every: 2, weekday: 1 }, '2027-03-10', 2)).toEqual([
    '2027-03-15',
    '2027-03-29',
  ]);
  expect(days({ interval: 'Daily', every: 3 }, '2027-02-27', 2)).toEqual(['2027-02-27', '2027-03-02']);
  expect(days({ interval: 'Yearly', dayOfMonth: 29, month: 1 }, '2027-03-01', 2)).toEqual([
    '2028-02-29',
    '2029-02-28',
  ]);
});
