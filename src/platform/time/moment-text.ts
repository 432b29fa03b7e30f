const LOCALE = 'en-US';

/** The day it is at this instant in an IANA time zone, for people: `March 3, 2026`. */
export function dayText(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALE, { timeZone, dateStyle: 'long' }).format(instant);
}

/** Day and time: `March 3, 2026 at 8:05 AM MST`. */
export function momentText(instant: Date, timeZone: string): string {
  const time = new Intl.DateTimeFormat(LOCALE, {
    timeZone,
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(instant);
  return `${dayText(instant, timeZone)} at ${time}`;
}
