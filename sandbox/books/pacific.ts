/** QBO's service time: US Pacific with daylight saving, whatever the company's own zone. */
const ZONE = 'America/Los_Angeles';

const PARTS = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Milliseconds the Pacific wall clock is ahead of UTC at this instant (negative). */
function offsetMs(instant: number): number {
  const parts = Object.fromEntries(
    PARTS.formatToParts(instant).map((part) => [part.type, Number(part.value)]),
  );
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second);
  return wall - Math.floor(instant / 1000) * 1000;
}

/** One slot of memory: a burst of writes stamps the same second many times. */
let lastSecond = -1;
let lastStamp = '';

/** `MetaData` time: whole seconds with the Pacific offset, `2026-05-05T02:05:12-07:00`. */
export function stamp(instant: Date): string {
  const second = Math.floor(instant.getTime() / 1000);
  if (second !== lastSecond) {
    const offset = offsetMs(second * 1000);
    const hours = String(Math.abs(offset) / 3_600_000).padStart(2, '0');
    lastStamp = `${new Date(second * 1000 + offset).toISOString().slice(0, 19)}-${hours}:00`;
    lastSecond = second;
  }
  return lastStamp;
}

/** Envelope `time`: as `stamp`, with up to three fraction digits and no trailing zeros. */
export function envelopeTime(instant: Date): string {
  const whole = stamp(instant);
  const fraction = String(instant.getMilliseconds()).padStart(3, '0').replace(/0+$/, '');
  return fraction ? `${whole.slice(0, 19)}.${fraction}${whole.slice(19)}` : whole;
}

/** The calendar day in California: what a transaction without a date gets. */
export function pacificDate(instant: Date): string {
  return stamp(instant).slice(0, 10);
}

/** A date or time from a client; without an offset it is Pacific. Null when it is neither. */
export function parseTime(text: string): Date | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
    text.trim(),
  );
  if (!match || !isDay(match[1]!)) return null;
  const clock = match[2] ?? '00:00:00';
  const local = `${match[1]}T${clock.length === 5 ? `${clock}:00` : clock}${(match[3] ?? '').slice(0, 4)}`;
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return null;
  if (match[4])
    return new Date(Date.parse(`${local}${match[4].toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`));
  return new Date(asUtc - offsetMs(asUtc - offsetMs(asUtc)));
}

/** Whether the text is a real day of the calendar, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const instant = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}

/** The day so many days later. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
