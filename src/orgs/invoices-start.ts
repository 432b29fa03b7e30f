import { type CalendarDay, dayInZone } from '../platform/time/calendar-day.js';

/** The settings by which invoices are made: from which approvals on, null for all, in which zone. */
export interface StartOfInvoices {
  invoicesFrom: CalendarDay | null;
  timeZone: string;
}

/**
 * The day of approval and the day from which invoices are made, where the approval was before it: its invoice is held
 * back. Null where it is not, or nothing was approved. Pure.
 */
export function approvedBeforeStart(
  approvedAt: Date | null,
  { invoicesFrom, timeZone }: StartOfInvoices,
): { approvedOn: CalendarDay; invoicesFrom: CalendarDay } | null {
  if (approvedAt === null || invoicesFrom === null) return null;
  const approvedOn = dayInZone(approvedAt, timeZone);
  return approvedOn < invoicesFrom ? { approvedOn, invoicesFrom } : null;
}

/** That it was not, as a condition of SQL on the rows of a lead and of settings that have these names. */
export const notBeforeStartSql = (lead: string, settings: string): string =>
  `coalesce((${lead}.approved_at at time zone ${settings}.time_zone)::date >= ${settings}.invoices_from, true)`;
