import { dayInZone } from '../../platform/time/calendar-day.js';
import { timeInZone } from '../../platform/time/local-time.js';

/** Why days of a zone are not the same here and in the database. */
export interface ZoneTrouble {
  zone: string;
  problem: 'unknown_here' | 'unknown_there' | 'other_clocks';
}

/**
 * What is wrong with a zone, by what the database's clocks show at these instants, `YYYY-MM-DD HH:MM`, or null where it
 * has none; null where both agree. Pure.
 */
export function zoneTrouble(
  zone: string,
  instants: readonly Date[],
  shownThere: readonly string[] | null,
): ZoneTrouble | null {
  if (shownThere === null) return { zone, problem: 'unknown_there' };
  const shownHere = clocksHere(zone, instants);
  if (shownHere === null) return { zone, problem: 'unknown_here' };
  const differ = shownHere.some((shown, place) => shown !== shownThere[place]);
  return differ ? { zone, problem: 'other_clocks' } : null;
}

function clocksHere(zone: string, instants: readonly Date[]): string[] | null {
  try {
    return instants.map((at) => `${dayInZone(at, zone)} ${timeInZone(at, zone)}`);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
