import { type CalendarDay, dayInZone } from './calendar-day.js';

/** A local time of day, `HH:MM`. */
export type TimeOfDay = string;

/** How one is written. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;
const MINUTE_MS = 60_000;

/** Formats that write a time of day of their time zone. Making one takes longer than using it a hundred times. */
const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** True for a time of day, written `HH:MM`. */
export function isTimeOfDay(value: unknown): value is TimeOfDay {
  return typeof value === 'string' && TIME_OF_DAY.test(value);
}

/** The time of day it is at this instant in an IANA time zone. Throws RangeError on an unknown zone. */
export function timeInZone(instant: Date, timeZone: string): TimeOfDay {
  let format = timeFormats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    timeFormats.set(timeZone, format);
  }
  return format.format(instant);
}

/**
 * The instant at which it is this time of this day in an IANA time zone. Of a time that comes twice, as the clocks go
 * back, one of the two; of one that is left out, as they go forward, an instant at most an hour away.
 */
export function instantInZone(day: CalendarDay, time: TimeOfDay, timeZone: string): Date {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  const first = wanted - offsetMs(wanted, timeZone);
  return new Date(wanted - offsetMs(first, timeZone));
}

/** By how much the clocks of the zone are ahead of UTC at this instant. */
function offsetMs(atMs: number, timeZone: string): number {
  const instant = new Date(atMs);
  const local = Date.parse(`${dayInZone(instant, timeZone)}T${timeInZone(instant, timeZone)}:00Z`);
  return local - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}
