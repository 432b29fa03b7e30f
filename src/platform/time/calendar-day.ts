/** A calendar day, `YYYY-MM-DD`, without a time or a zone. */
export type CalendarDay = string;

/**
 * Formats that write a day of their time zone as `YYYY-MM-DD`. Making one takes longer than using it a hundred times.
 */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

/**
 * The calendar day it is at this instant in an IANA time zone such as `America/Denver`. Throws RangeError on an
 * unknown zone.
 */
export function dayInZone(instant: Date, timeZone: string): CalendarDay {
  let format = dayFormats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    dayFormats.set(timeZone, format);
  }
  return format.format(instant);
}

/** With a year of four digits, as which days are written and compared. */
const LAST_DAY: CalendarDay = '9999-12-31';

/** The day so many days later (or earlier, when negative); no later than the last one there is. */
export function addDays(day: CalendarDay, days: number): CalendarDay {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.getUTCFullYear() > 9999 ? LAST_DAY : date.toISOString().slice(0, 10);
}

/** The days that need no calendar. */
const IN_EVERY_MONTH = /-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;

/** True for a day that exists, written `YYYY-MM-DD`. */
export function isCalendarDay(value: unknown): value is CalendarDay {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value) || value < '1900-01-01') return false;
  if (IN_EVERY_MONTH.test(value)) return true;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** The last day of a month written `YYYY-MM`. */
export function lastDayOf(month: string): CalendarDay {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, number, 0)).toISOString().slice(0, 10);
}

/** The month after (or before, when negative) a month written `YYYY-MM`. */
export function addMonths(month: string, months: number): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, number! - 1 + months, 1)).toISOString().slice(0, 7);
}

/** True for a month written `YYYY-MM`, from 1900 on. */
export function isMonth(value: unknown): value is string {
  return typeof value === 'string' && isCalendarDay(`${value}-01`);
}
