import { addDays } from './pacific.ts';

export const WEEKDAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;
export const MONTHS: readonly string[] =
  'January February March April May June July August September October November December'.split(' ');

/** When something happens again and again. Days are `YYYY-MM-DD`. */
export interface Schedule {
  interval: 'Daily' | 'Weekly' | 'Monthly' | 'Yearly';
  /** Every so many days, weeks, months or years; 1 or more. */
  every: number;
  /** 1 to 31; a month that is shorter has it on its last day. */
  dayOfMonth: number;
  /** 0 is Sunday; null where the day of the month counts, or, weekly, the day it began on. */
  weekday: number | null;
  /** The first (1) to fourth or the last (5) such weekday of the month; null where the day of the month counts. */
  weekOfMonth: number | null;
  /** 0 is January; only of a yearly one. */
  month: number;
}

function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function dayIn(year: number, month: number, date: number): string {
  return new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10);
}

/** Its day in one month; months count on beyond 11 into the next year. */
function inMonth(schedule: Schedule, year: number, month: number): string {
  const last = Number(dayIn(year, month + 1, 0).slice(8));
  const { weekday, weekOfMonth } = schedule;
  if (weekday === null || weekOfMonth === null)
    return dayIn(year, month, Math.min(schedule.dayOfMonth, last));
  const first = 1 + ((weekday - weekdayOf(dayIn(year, month, 1)) + 7) % 7);
  const wanted = first + 7 * (weekOfMonth - 1);
  return dayIn(year, month, wanted > last ? wanted - 7 : wanted);
}

function partsOf(day: string): { year: number; month: number } {
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)) - 1 };
}

/** The first day on or after `from` that the schedule names. */
export function firstOn(schedule: Schedule, from: string): string {
  const { year, month } = partsOf(from);
  if (schedule.interval === 'Daily') return from;
  if (schedule.interval === 'Weekly') {
    const wanted = schedule.weekday ?? weekdayOf(from);
    return addDays(from, (wanted - weekdayOf(from) + 7) % 7);
  }
  const [start, step] = schedule.interval === 'Monthly' ? [month, 1] : [schedule.month, 12];
  const candidate = inMonth(schedule, year, start);
  return candidate >= from ? candidate : inMonth(schedule, year, start + step);
}

/** The day after `day`, one that the schedule named. */
export function nextAfter(schedule: Schedule, day: string): string {
  const { year, month } = partsOf(day);
  if (schedule.interval === 'Daily') return addDays(day, schedule.every);
  if (schedule.interval === 'Weekly') return addDays(day, 7 * schedule.every);
  const months = schedule.interval === 'Monthly' ? schedule.every : 12 * schedule.every;
  return inMonth(schedule, year, month + months);
}
