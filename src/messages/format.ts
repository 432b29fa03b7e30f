import { decimalTextFromCents } from '../platform/money/cents.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';

const LOCALE = 'en-US';

/**
 * An amount as people write it in its currency: `$3,750.15`, `¥1,200`. A currency without decimals shows two where the
 * amount has a fraction all the same, so that what is shown adds up.
 */
export function moneyText(cents: number, currency: string): string {
  const format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const exact =
    digits >= 2 || cents % 100 === 0
      ? format
      : new Intl.NumberFormat(LOCALE, { style: 'currency', currency, minimumFractionDigits: 2 });
  return exact.format(decimalTextFromCents(cents) as `${number}`);
}

/** A quantity, with the decimals it has: `24.5`. */
export function quantityText(quantity: number): string {
  return new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 4 }).format(quantity);
}

/** Percent as a person says it: `30%`, `12.5%`, `8.875%`. */
export function percentText(percent: number): string {
  return `${new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 4 }).format(percent)}%`;
}

/** The day it is at this instant where the company works: `March 3, 2026`. */
export function dayText(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALE, { timeZone, dateStyle: 'long' }).format(instant);
}

/** Day and time where the company works: `March 3, 2026 at 8:05 AM MST`. */
export function momentText(instant: Date, timeZone: string): string {
  const day = dayText(instant, timeZone);
  const time = new Intl.DateTimeFormat(LOCALE, {
    timeZone,
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(instant);
  return `${day} at ${time}`;
}

/** A month such as `2026-03`, for people: `March 2026`. */
export function monthText(month: string): string {
  const first = new Date(`${month}-01T00:00:00Z`);
  return new Intl.DateTimeFormat(LOCALE, { timeZone: 'UTC', year: 'numeric', month: 'long' }).format(first);
}

/** A calendar day, for people: `March 3, 2026`. */
export function calendarDayText(day: CalendarDay): string {
  return dayText(new Date(`${day}T00:00:00Z`), 'UTC');
}
