import { invalid } from '../platform/errors/domain-error.js';
import { type CalendarDay, isCalendarDay } from '../platform/time/calendar-day.js';

/** A day of a question, or a default. Throws `invalid` with the field's name on anything that is no day. */
export function dayOf(field: string, value: string | undefined, otherwise: CalendarDay): CalendarDay {
  if (value === undefined) return otherwise;
  if (isCalendarDay(value)) return value;
  throw invalid([{ field, message: `${field} must be a day of the calendar, as 2026-03-31` }]);
}

/** The same; null where no day is named. */
export function optionalDay(field: string, value: string | undefined): CalendarDay | null {
  return value === undefined ? null : dayOf(field, value, value);
}
