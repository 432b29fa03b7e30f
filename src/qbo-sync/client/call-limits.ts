/** Time is cut into slots of this length; the table keeps how many calls went out in each of the last `SLOTS`. */
export const SLOTS_PER_SECOND = 8;
export const SLOT_MS = 1_000 / SLOTS_PER_SECOND;
export const SLOTS = 24;
/** The newest slots, 1.25 seconds, that a burst counts against. */
export const WINDOW_SLOTS = 10;

/** QuickBooks takes 40 batches a minute. Steady refill plus what may come at once stay below that in any minute. */
export const BATCHES = { perSecond: 32 / 60, atOnceMax: 6 };

/** What may be sent to one company, in the terms of the table. */
export interface CallLimits {
  /** Calls in any ten slots. */
  windowMax: number;
  /** Calls in a slot once the company is busy: it then goes on at an even pace. */
  slotMax: number;
  /** Calls in all slots up to which the company is not busy and calls may come at once. */
  easyMax: number;
  /** Refill of the minute's tokens, per second, and how many there are at most. */
  minutePerSecond: number;
  minuteMax: number;
}

/**
 * The limits of a company from its calls per second and minute. At 8 and 450: never more than 10 in 1.125 seconds, nor
 * 480 in a minute, against QuickBooks' 10 and 500. A company at rest may send ten calls at once, a busy one sends one
 * every 125 ms, so that calls that travel for different times do not arrive pressed together.
 */
export function callLimitsOf(perSecond: number, perMinute: number): CallLimits {
  return {
    windowMax: Math.ceil((perSecond * WINDOW_SLOTS) / SLOTS_PER_SECOND),
    slotMax: Math.ceil(perSecond / SLOTS_PER_SECOND),
    easyMax: Math.ceil((perSecond * SLOTS) / SLOTS_PER_SECOND / 2),
    minutePerSecond: perMinute / 60,
    minuteMax: Math.max(1, Math.floor(perMinute / 15)),
  };
}

const SPREAD_MS = 60;
const SPREAD_MAX_MS = 1_000;
const REFUSALS_BEFORE_CALM = 8;

/**
 * How long to wait before asking for a permit again, in milliseconds: until the next slot begins, and then a bit so that
 * the replicas do not ask in step; that bit grows after many refusals in a row, when more than a slot is missing.
 * `random` is in [0, 1).
 */
export function reaskAfterMs(nextSlotMs: number, refusals: number, random: number): number {
  const growth = 1.5 ** Math.max(refusals - REFUSALS_BEFORE_CALM, 0);
  return nextSlotMs + Math.min(SPREAD_MAX_MS, SPREAD_MS * growth) * random;
}
