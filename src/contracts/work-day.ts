import { invalid } from '../platform/errors/validation.pipe.js';
import { addDays, type CalendarDay } from '../platform/time/calendar-day.js';

const EARLIEST = '2000-01-01';
const DAYS_AHEAD_MAX = 366;

/**
 * Throws for a day that is a slip of the pen: before 2000, or more than a year ahead of today. Work may be complete
 * before its approval, as after a storm, and its last day may be known beforehand. Pure.
 */
export function assertWorkDay(field: string, day: CalendarDay, today: CalendarDay): void {
  const latest = addDays(today, DAYS_AHEAD_MAX);
  if (day >= EARLIEST && day <= latest) return;
  throw invalid([{ field, message: `${field} must be a day from ${EARLIEST} to ${latest}` }]);
}
