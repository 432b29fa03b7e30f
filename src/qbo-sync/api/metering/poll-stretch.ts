import { DAY_MS } from '../../../platform/time/after.js';

/** How far the month's metered reads have come. Counts of calls; `forecast` is for the end of the month. */
export interface ReadsSoFar {
  used: number;
  forecast: number;
  budget: number;
}

/** From each of these shares of the budget on, polls are half as often as before it. */
const STEPS = [0.8, 0.9, 0.95, 0.98];

/**
 * How many times longer the interval between polls is made: 1 up to 80 % of the budget, used or forecast, 2 up to 90,
 * 4 up to 95, 8 up to 98 % and 16 from there on. Never off. Because all steps lie below the budget, the pace comes to
 * rest within it wherever the slowest is enough.
 */
export function pollFactor({ used, forecast, budget }: ReadsSoFar): number {
  const share = Math.max(used, forecast) / budget;
  return 2 ** STEPS.filter((step) => share > step).length;
}

/** The poll interval, in milliseconds: stretched, but to no more than a day where it was not longer before. */
export function stretchedIntervalMs(intervalMs: number, factor: number): number {
  return Math.max(intervalMs, Math.min(intervalMs * factor, DAY_MS));
}
