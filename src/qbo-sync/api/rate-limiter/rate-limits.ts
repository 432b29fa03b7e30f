/** QuickBooks takes 40 batches a minute. Steady refill plus what may come at once stay below that in any minute. */
export const BATCHES = { perSecond: 32 / 60, atOnceMax: 6 };

/** The shortest time that `windowMax` can go out in: a burst and the next arrive apart, though they travel unevenly. */
const WINDOW_SECONDS = 1.25;
const BURST_SECONDS = 3;
const SUSTAINED_STEPS_PER_SECOND = 8;

/** What may be sent to one company, as take_rate_tokens takes it. */
export interface RateLimits {
  /** Calls in any 1.25 seconds. */
  windowMax: number;
  /** Calls in an eighth of a second once the burst is used up: the sustained rate, evenly spread. */
  sustainedMax: number;
  /** Calls in 3 seconds that may go out at once. */
  burstMax: number;
  /** Refill of the minute's bucket, in tokens per second, and its size. */
  minutePerSecond: number;
  minuteMax: number;
  /** Calls in flight at the same time, and the lease after which one counts as over whatever became of it. */
  inFlightMax: number;
  leaseSeconds: number;
}

/** The settings of the environment: QBO_REQUESTS_PER_SECOND and its like. */
export interface CallSettings {
  requestsPerSecond: number;
  requestsPerMinute: number;
  requestsAtOnce: number;
  requestTimeoutMs: number;
}

/** On top of a call's time limit: for a process that stalls between token and call, or after it. */
const STALL_SECONDS = 5;

/**
 * The limits of a company from the settings. At 8 a second and 450 a minute: never more than 10 in 1.25 seconds, nor
 * 480 in a minute, against QuickBooks' 10 and 500. A burst is ten calls at once; the sustained rate is one every 125
 * ms, so that a quarter of a second of difference in travel presses no eleven of them into one second.
 */
export function rateLimitsOf(settings: CallSettings): RateLimits {
  const { requestsPerSecond: perSecond, requestsPerMinute: perMinute } = settings;
  return {
    windowMax: Math.ceil(perSecond * WINDOW_SECONDS),
    sustainedMax: Math.ceil(perSecond / SUSTAINED_STEPS_PER_SECOND),
    burstMax: Math.ceil((perSecond * BURST_SECONDS) / 2),
    minutePerSecond: perMinute / 60,
    minuteMax: Math.max(1, Math.floor(perMinute / 15)),
    inFlightMax: settings.requestsAtOnce,
    leaseSeconds: settings.requestTimeoutMs / 1_000 + STALL_SECONDS,
  };
}

const STALE_AFTER_MS = 200;
const STALE_MAX = 3;

/**
 * True where a token is too old to use `ageMs` after it was asked for. One that a stalled process held on to would go
 * out together with those granted meanwhile, and more of them than QuickBooks allows. Where everything is that slow, so
 * are the calls: after three stale ones in a row the next is used as it is.
 */
export function isStale(ageMs: number, staleBefore: number): boolean {
  return ageMs > STALE_AFTER_MS && staleBefore < STALE_MAX;
}

const SPREAD_MS = 60;
const SPREAD_MAX_MS = 1_000;
const REFUSALS_BEFORE_GROWTH = 8;

/**
 * The delay before tokens are asked for again, in milliseconds: until the next eighth of a second begins, and then
 * jitter so that the replicas do not ask in step; the jitter grows after many refusals in a row, when it is the minute
 * that is used up. `random` is in [0, 1).
 */
export function askAgainAfterMs(nextMs: number, refusals: number, random: number): number {
  const growth = 1.5 ** Math.max(refusals - REFUSALS_BEFORE_GROWTH, 0);
  return nextMs + Math.min(SPREAD_MAX_MS, SPREAD_MS * growth) * random;
}
