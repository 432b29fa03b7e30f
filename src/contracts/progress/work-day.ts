import { addDays, type CalendarDay } from '../../platform/time/calendar-day.js';

const EARLIEST = '2000-01-01';
const DAYS_AHEAD_MAX = 366;

/**
 * Why a day is a slip of the pen: before 2000, or more than a year ahead of today; null where it is none. Work may be
 * complete before its approval, as after a storm, and its last day may be known beforehand: until it has come, the work
 * is not complete. Pure.
 */
export function workDayProblem(day: CalendarDay, today: CalendarDay): string | null {
  const latest = addDays(today, DAYS_AHEAD_MAX);
  return day >= EARLIEST && day <= latest ? null : `must be a day from ${EARLIEST} to ${latest}`;
}

/**
 * Why work cannot have been done by a day, or by the end of a month, written `YYYY-MM-DD` or `YYYY-MM`; null where it
 * can. Pure.
 */
export function doneProblem(when: string, today: CalendarDay): string | null {
  if (when > today.slice(0, when.length)) return 'must not be in the future';
  const earliest = EARLIEST.slice(0, when.length);
  return when < earliest ? `must not be before ${earliest}` : null;
}
