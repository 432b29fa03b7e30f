import type { ReadsSoFar } from './poll-stretch.js';

/** Whether the budget of the month has room for so many reads beside what is used or forecast. Pure. */
export function hasRoomFor({ used, forecast, budget }: ReadsSoFar, reads: number): boolean {
  return Math.max(used, forecast) + reads <= budget;
}
