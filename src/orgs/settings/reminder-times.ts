import { isTimeOfDay, type TimeOfDay } from '../../platform/time/local-time.js';

/** Nobody is reminded before this time of day, nor from `DAY_ENDS` on: local times of the organisation. */
export const DAY_BEGINS: TimeOfDay = '07:00';
export const DAY_ENDS: TimeOfDay = '21:00';
/** The latest time at which reminders may begin to go out, so that an hour is left for those that fail at first. */
export const LATEST_SEND_AT: TimeOfDay = '20:00';

export const REMINDER_DAYS_MAX = 90;
export const REMINDERS_OF_A_KIND_MAX = 6;
export const DEFAULT_SEND_AT: TimeOfDay = '09:00';

/** When customers are reminded of an invoice. */
export interface ReminderSettings {
  /** So many days before the due day. */
  readonly days_before: readonly number[];
  /** So many days after it; 0 is the day itself. */
  readonly days_after: readonly number[];
  /** From this local time on. */
  readonly send_at: TimeOfDay;
}

/** True for a time of day at which customers may be reminded. Pure. */
export function isSendAt(value: unknown): value is TimeOfDay {
  return isTimeOfDay(value) && value >= DAY_BEGINS && value <= LATEST_SEND_AT;
}

/** The days from the due day to each reminder, below 0 before it; each once. Pure. */
export function reminderOffsets({ days_before: before, days_after: after }: ReminderSettings): number[] {
  return [...new Set([...before.map((days) => (days === 0 ? 0 : -days)), ...after])];
}
