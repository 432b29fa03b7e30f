/** What the database's clock said once, and the own one before it was asked and after it answered; in epoch ms. */
export interface ClockReading {
  readonly before: number;
  readonly database: number;
  readonly after: number;
}

/**
 * By how many milliseconds the own clock is corrected from here on: as before where the reading allows it, else by the
 * least that it allows. The database answered at some moment between the two own ones, so a slow answer corrects a
 * good clock by nothing, and a wrong one by all but the time it took. Pure.
 */
export function correctionAfter(soFarMs: number, { before, database, after }: ClockReading): number {
  return Math.min(Math.max(soFarMs, database - after), database - before);
}
