import { after } from '../platform/time/after.js';

/** A delayed job runs by the database's clock and may come before its time by the application's. */
export const EARLY_MS = 1_000;

/** How often and how long after each other something is tried. Durations in milliseconds. */
export interface Backoff {
  /** The pause after the first failure, at most. */
  readonly firstMs: number;
  /** By how much it grows with each further failure; 2 where it is left out. */
  readonly factor?: number;
  readonly maxMs: number;
  /** The share of a pause that chance decides, 0 to 1; all of it where it is left out. */
  readonly jitter?: number;
  /** After so many failures it is given up; never where it is left out. */
  readonly attemptsMax?: number;
  /** So long after its beginning it is given up; never where it is left out. */
  readonly lifeMs?: number;
}

/** What has happened so far: how many attempts failed, since when there is something to do. */
export interface Attempts {
  readonly failed: number;
  readonly since?: Date;
}

/** The pause after so many failures: grows exponentially up to a maximum. `random` is in [0, 1). Whole milliseconds. */
export function pauseMs(
  { firstMs, factor = 2, maxMs, jitter = 1 }: Backoff,
  failed: number,
  random: number,
): number {
  const fullMs = Math.min(maxMs, firstMs * factor ** Math.max(failed - 1, 0));
  return Math.ceil(fullMs * (1 - jitter) + fullMs * jitter * random);
}

/** When it is tried again after a failure at `now`; null where it is given up. */
export function nextAttempt(backoff: Backoff, attempts: Attempts, now: Date, random: number): Date | null {
  const { failed, since = now } = attempts;
  if (backoff.attemptsMax !== undefined && failed >= backoff.attemptsMax) return null;
  if (backoff.lifeMs !== undefined && now.getTime() - since.getTime() >= backoff.lifeMs) return null;
  return after(now, pauseMs(backoff, failed, random));
}
