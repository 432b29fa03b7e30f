import { DAY_ENDS, reminderOffsets, type ReminderSettings } from '../../orgs/settings/reminder-times.js';
import { addDays, type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { instantInZone, timeInZone } from '../../platform/time/local-time.js';
import { after } from '../../platform/time/after.js';

/** A step whose day is longer ago than this is not made up for: reminders were just turned on, or nobody worked. */
const LATE_DAYS_MAX = 2;
/** Within a day it is looked so often for invoices that came later. */
export const LOOK_EVERY_MS = 3_600_000;

/** Of invoices due on this day, which reminder it is time for. */
export interface DueStep {
  dueOn: CalendarDay;
  /** Days from the due day to the reminder, below 0 before it. */
  offsetDays: number;
}

/**
 * Which invoices, by their due day, customers are to be reminded of at this instant, and by which step: of several that
 * are due the newest alone, so that nobody is written to twice at once. Nothing before the time of day that was chosen,
 * and nothing at night. Pure.
 */
export function dueSteps(settings: ReminderSettings, now: Date, timeZone: string): DueStep[] {
  if (!isOpen(settings, now, timeZone)) return [];
  const today = dayInZone(now, timeZone);
  const newest = new Map<CalendarDay, number>();
  for (let daysAgo = 0; daysAgo <= LATE_DAYS_MAX; daysAgo += 1) {
    for (const offsetDays of reminderOffsets(settings)) {
      const dueOn = addDays(today, -daysAgo - offsetDays);
      if (!newest.has(dueOn)) newest.set(dueOn, offsetDays);
    }
  }
  return [...newest].map(([dueOn, offsetDays]) => ({ dueOn, offsetDays }));
}

/** True where the day of a step is so long ago that it is left out. Pure. */
export function isTooLate({ dueOn, offsetDays }: DueStep, today: CalendarDay): boolean {
  return addDays(dueOn, offsetDays + LATE_DAYS_MAX) < today;
}

/** When it is looked next whom to remind: once an hour while it is time for it. Pure. */
export function nextLook(settings: ReminderSettings, now: Date, timeZone: string): Date {
  const next = after(now, LOOK_EVERY_MS);
  return isOpen(settings, now, timeZone) && isOpen(settings, next, timeZone)
    ? next
    : opening(settings, now, timeZone);
}

/** When a reminder may go out that is not to go out now, because it is night; null where it may. Pure. */
export function nextOpening(settings: ReminderSettings, now: Date, timeZone: string): Date | null {
  return isOpen(settings, now, timeZone) ? null : opening(settings, now, timeZone);
}

function isOpen({ send_at: sendAt }: ReminderSettings, now: Date, timeZone: string): boolean {
  const time = timeInZone(now, timeZone);
  return sendAt <= time && time < DAY_ENDS;
}

/** The next time it begins to be time for reminders. */
function opening({ send_at: sendAt }: ReminderSettings, now: Date, timeZone: string): Date {
  const today = dayInZone(now, timeZone);
  const day = timeInZone(now, timeZone) < sendAt ? today : addDays(today, 1);
  return instantInZone(day, sendAt, timeZone);
}

/** What a step is called: `before_3`, `due`, `after_7`; `by_hand` where a person asked for it. Pure. */
export function stepName(offsetDays: number | null): string {
  if (offsetDays === null) return 'by_hand';
  if (offsetDays === 0) return 'due';
  return offsetDays < 0 ? `before_${-offsetDays}` : `after_${offsetDays}`;
}
