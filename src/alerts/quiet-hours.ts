import type { QuietPeriod } from './incident.js';

/** True where it is within the quiet hours at this instant in an IANA time zone. Pure. */
export function isQuiet(instant: Date, timeZone: string, hours: QuietPeriod | null): boolean {
  if (hours === null) return false;
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
    instant,
  );
  const { from, to } = hours;
  return from < to ? from <= time && time < to : from <= time || time < to;
}
