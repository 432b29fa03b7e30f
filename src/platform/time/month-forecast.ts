import { DAY_MS } from './after.js';

/** The month as Intuit bills it, of which only UTC is sure on every machine: `2026-03`. */
export function monthOf(instant: Date): string {
  return instant.toISOString().slice(0, 7);
}

/**
 * What will have been used at the end of the month if it goes on as so far: a whole number, never less than `used`. The
 * time so far counts as a day at least, so that the first busy minutes of a month forecast no flood.
 */
export function forecastOf(used: number, now: Date): number {
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
  const soFarMs = Math.max(now.getTime() - start, DAY_MS);
  return Math.round(used + (used / soFarMs) * (end - now.getTime()));
}
