import { decimalTextFromCents } from '../../../platform/money/cents.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { dayText, momentText } from '../../../platform/time/moment-text.js';

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

/** A calendar day, for people: `March 3, 2026`. */
export function calendarDayText(day: CalendarDay): string {
  return dayText(new Date(`${day}T00:00:00Z`), 'UTC');
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
  return nextAttemptAt > now ? `by itself on ${momentText(nextAttemptAt, timeZone)}` : 'by itself now';
}
