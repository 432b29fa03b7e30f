import type { FormerTimeZone } from './day-of-org-sql.js';

/**
 * The time zone that an organisation had at an instant, as `dayOfOrgSql` has it: whatever happened keeps its day. What
 * lies before its first zone was brought from elsewhere, and is of the one of now. Pure.
 */
export function zoneAt(
  instant: Date,
  { timeZone, formerTimeZones }: { timeZone: string; formerTimeZones: readonly FormerTimeZone[] },
): string {
  const then = formerTimeZones.find(
    ({ since, until }) => new Date(since) <= instant && instant < new Date(until),
  );
  return then?.zone ?? timeZone;
}
