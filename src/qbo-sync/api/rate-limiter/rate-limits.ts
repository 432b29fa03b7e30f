/** QuickBooks takes 40 batches a minute. Steady refill plus what may come at once stay below that in any minute. */
export const BATCHES = { perSecond: 32 / 60, atOnceMax: 6 };

/** The shortest time that `windowMax` can go out in: a burst and the next arrive apart, though they travel unevenly. */
const WINDOW_SECONDS = 1.25;
const EASY_SECONDS = 3;
const PACES_PER_SECOND = 8;

/** What may be sent to one company, in the terms of the shared table. */
export interface RateLimits {
  /** Calls in any 1.25 seconds. */
  windowMax: number;
  /** Calls in an eighth of a second once the company is busy: it then goes on at an even pace. */
  paceMax: number;
  /** Calls in 3 seconds up to which the company is not busy, and calls may come at once. */
  easyMax: number;
  /** Refill of the minute's tokens, per second, and how many there are at most. */
  minutePerSecond: number;
  minuteMax: number;
  /** Calls under way at the same time, and the time after which one is taken for over whatever became of it. */
  underWayMax: number;
  callSeconds: number;
}

/** What callers ask for, in words of the environment. */
export interface CallSettings {
  requestsPerSecond: number;
  requestsPerMinute: number;
  requestsAtOnce: number;
  requestTimeoutMs: number;
}

/** A call ends by its time limit; this is for a process that hesitates between permit and call, or after it. */
const HESITATION_SECONDS = 5;

/**
 * The limits of a company from the settings. At 8 a second and 450 a minute: never more than 10 in 1.25 seconds, nor
 * 480 in a minute, against QuickBooks' 10 and 500. A company at rest may send ten calls at once, a busy one sends one
 * every 125 ms, so that a quarter of a second of difference in travel presses no eleven of them into one second.
 */
export function rateLimitsOf(settings: CallSettings): RateLimits {
  const { requestsPerSecond: perSecond, requestsPerMinute: perMinute } = settings;
  return {
    windowMax: Math.ceil(perSecond * WINDOW_SECONDS),
    paceMax: Math.ceil(perSecond / PACES_PER_SECOND),
    easyMax: Math.ceil((perSecond * EASY_SECONDS) / 2),
    minutePerSecond: perMinute / 60,
    minuteMax: Math.max(1, Math.floor(perMinute / 15)),
    underWayMax: settings.requestsAtOnce,
    callSeconds: settings.requestTimeoutMs / 1_000 + HESITATION_SECONDS,
  };
}

const FRESH_MS = 200;
const STALE_MAX = 3;

/**
 * Whether a permit is still good `ageMs` after it was asked for. One that a process slept over would go out together
 * with those given meanwhile, and more of them than QuickBooks allows. Where everything is that slow, so are the calls:
 * after three in a row the next is taken as it is.
 */
export function isFresh(ageMs: number, staleBefore: number): boolean {
  return ageMs <= FRESH_MS || staleBefore >= STALE_MAX;
}

const SPREAD_MS = 60;
const SPREAD_MAX_MS = 1_000;
const REFUSALS_BEFORE_CALM = 8;

/**
 * How long to wait before asking for a permit again, in milliseconds: until the next eighth of a second begins, and then a bit so that
 * the replicas do not ask in step; that bit grows after many refusals in a row, when it is the minute that is used up.
 * `random` is in [0, 1).
 */
export function reaskAfterMs(nextMs: number, refusals: number, random: number): number {
  const growth = 1.5 ** Math.max(refusals - REFUSALS_BEFORE_CALM, 0);
  return nextMs + Math.min(SPREAD_MAX_MS, SPREAD_MS * growth) * random;
}
