import { decimalTextFromCents } from '../../money/cents.js';
import type { CalendarDay } from '../../time/calendar-day.js';

const LOCALE = 'en-US';
const CLAUSE_MAX = 240;

/** What to say, and what to do about it. */
export interface Answer {
  /** One sentence. */
  answer: string;
  nextStep: string;
}

export const NOTHING_TO_DO = 'Nothing to do.';

/** An amount as people write it in its currency: `$3,750.15`. */
export function money(cents: number, currency: string): string {
  const format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency, minimumFractionDigits: 2 });
  return format.format(decimalTextFromCents(cents) as `${number}`);
}

/** The day it is at this instant where the company works: `March 3, 2026`. */
export function dayOf(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALE, { timeZone, dateStyle: 'long' }).format(instant);
}

/** The same of a calendar day. */
export function dayText(day: CalendarDay): string {
  return dayOf(new Date(`${day}T00:00:00Z`), 'UTC');
}

/** Day and time where the company works: `March 3, 2026 at 8:05 AM MST`. */
export function momentOf(instant: Date, timeZone: string): string {
  const time = new Intl.DateTimeFormat(LOCALE, {
    timeZone,
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(instant);
  return `${dayOf(instant, timeZone)} at ${time}`;
}

/** What somebody else wrote, several sentences perhaps, as a part of one: no stop inside, none at its end. */
export function clause(text: string | null): string {
  const line = (text ?? '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[.!?]+(?=\s)/g, ';')
    .replaceAll(/^[\s.!?;:,]+|[\s.!?;:,]+$/g, '');
  if (line === '') return 'no reason was given';
  const cut = line.length > CLAUSE_MAX ? `${line.slice(0, CLAUSE_MAX - 1).trimEnd()}…` : line;
  return cut;
}

/** When something is tried again by itself. */
export function againAt(nextAttemptAt: Date, { now, timeZone }: { now: Date; timeZone: string }): string {
  return nextAttemptAt > now ? `by itself on ${momentOf(nextAttemptAt, timeZone)}` : 'by itself now';
}
