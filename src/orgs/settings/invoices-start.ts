import { type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { dayBySettingsSql, type FormerTimeZone } from '../time-zones/day-of-org-sql.js';
import { zoneAt } from '../time-zones/zone-at.js';

/** The settings by which invoices are made: from which approvals on, null for all, in which zones. */
export interface StartOfInvoices {
  invoicesFrom: CalendarDay | null;
  timeZone: string;
  formerTimeZones: readonly FormerTimeZone[];
}

/**
 * The day of approval and the day from which invoices are made, where the approval was before it: its invoice is held
 * back. Null where it is not, or nothing was approved. An approval keeps the day that it had in the zone of then. Pure.
 */
export function approvedBeforeStart(
  approvedAt: Date | null,
  { invoicesFrom, ...zones }: StartOfInvoices,
): { approvedOn: CalendarDay; invoicesFrom: CalendarDay } | null {
  if (approvedAt === null || invoicesFrom === null) return null;
  const approvedOn = dayInZone(approvedAt, zoneAt(approvedAt, zones));
  return approvedOn < invoicesFrom ? { approvedOn, invoicesFrom } : null;
}

/** That it was not, as a condition of SQL on the rows of a lead and of settings that have these names. */
export const notBeforeStartSql = (lead: string, settings: string): string =>
  `coalesce(${dayBySettingsSql(`${lead}.approved_at`, settings)} >= ${settings}.invoices_from, true)`;
