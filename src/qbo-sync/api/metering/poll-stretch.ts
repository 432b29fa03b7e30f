/** How far the month's metered reads have come. Counts of calls; `forecast` is for the end of the month. */
export interface ReadsSoFar {
  used: number;
  forecast: number;
  budget: number;
}

const EASY_SHARE = 0.8;
const STEP_SHARE = 0.2;
const FACTOR_MAX = 16;
const DAY_MS = 86_400_000;

/**
 * How many times longer the interval between sweeps is made: 1 up to 80 % of the budget, used or forecast, and double
 * for every further 20 % that was begun: 2 up to 100 %, 4 up to 120 %, at most 16. Never off.
 */
export function pollFactor({ used, forecast, budget }: ReadsSoFar): number {
  const share = Math.max(used, forecast) / budget;
  // Rounded so that 1.0 is not taken for begun on 1.0000000000000002.
  const steps = Math.ceil(Number(((share - EASY_SHARE) / STEP_SHARE).toFixed(6)));
  return Math.min(FACTOR_MAX, 2 ** Math.max(steps, 0));
}

/** The poll interval, in milliseconds: stretched, but to no more than a day where it was not longer before. */
export function stretchedIntervalMs(intervalMs: number, factor: number): number {
  return Math.max(intervalMs, Math.min(intervalMs * factor, DAY_MS));
}
