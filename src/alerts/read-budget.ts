/** How the metered reads of a month stand, of the whole installation. Counts of calls; `forecast` is for its end. */
export interface ReadsOfMonth {
  /** `2026-03`. */
  month: string;
  used: number;
  forecast: number;
  budget: number;
}

/** From this share on, used or forecast, polls are made less often. */
const SHORT_SHARE = 0.8;
/** A forecast swings with day and night: it has to fall this far before it is called enough again. */
const ENOUGH_SHARE = 0.75;

/** Whether reads that sufficed run short. Pure. */
export function runsShort({ used, forecast, budget }: ReadsOfMonth): boolean {
  return Math.max(used, forecast) > budget * SHORT_SHARE;
}

/** Whether reads that ran short still do. Pure. */
export function staysShort({ used, forecast, budget }: ReadsOfMonth): boolean {
  return Math.max(used, forecast) > budget * ENOUGH_SHARE;
}
