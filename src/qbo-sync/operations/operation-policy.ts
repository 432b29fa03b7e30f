import { type Backoff, pauseMs } from '../../jobs/backoff.js';
import type { QboErrorKind } from '../api/errors/qbo-error.js';
import type { OperationState } from './operation-state.js';

/** QuickBooks cuts a request off after 120 seconds: until then a lost one may still be at work. */
export const MAY_STILL_RUN_MS = 130_000;

/** After this long nothing is sent again by itself: QuickBooks may have forgotten the idempotency key. */
export const REPLAY_SAFE_MS = 3_600_000;

const BACKOFF: Backoff = { firstMs: 2_000, maxMs: 900_000 };
const THROTTLED_MS = 60_000;

export interface SentOperation {
  state: OperationState;
  firstSentAt: Date | null;
}

/**
 * What to do with an operation now that asking QuickBooks found no trace of it:
 * `send` it (for the first time, or again under the same key), `wait` until it can no longer be at work, or give it to
 * a `person`, because sending could make a second one and not sending could make none.
 */
export function nextStep({ firstSentAt }: SentOperation, now: Date): 'send' | 'wait' | 'person' {
  if (firstSentAt === null) return 'send';
  const ageMs = now.getTime() - firstSentAt.getTime();
  if (ageMs < MAY_STILL_RUN_MS) return 'wait';
  return ageMs < REPLAY_SAFE_MS ? 'send' : 'person';
}

/** The state in which a failed attempt leaves its operation. */
export function stateAfter(kind: QboErrorKind): OperationState {
  switch (kind) {
    case 'uncertain':
      return 'uncertain';
    case 'not_connected':
    case 'needs_reauth':
    case 'throttled':
    case 'transient':
      return 'ready';
    case 'forbidden':
    case 'stale':
    case 'duplicate_name':
    case 'duplicate_number':
    case 'not_found':
    case 'books_closed':
    case 'subscription':
    case 'validation':
    case 'currency_not_enabled':
    case 'currency_not_active':
    case 'no_exchange_rate':
    case 'malformed':
      return 'refused';
    default:
      return kind satisfies never;
  }
}

/**
 * How long to wait before the next attempt, in milliseconds: exponential with full jitter, a minute at least where
 * QuickBooks asked to slow down, and past QuickBooks' own cut-off where the answer was lost. `random` is in [0, 1).
 */
export function delayAfterMs(kind: QboErrorKind, attempts: number, random: number): number {
  if (kind === 'uncertain') return MAY_STILL_RUN_MS;
  const jitteredMs = pauseMs(BACKOFF, attempts, random);
  return kind === 'throttled' ? THROTTLED_MS + jitteredMs : jitteredMs;
}
