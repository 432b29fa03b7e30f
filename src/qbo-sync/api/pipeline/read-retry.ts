import { QboError } from '../errors/qbo-error.js';
import type { QboEndpoint } from '../model/endpoints.js';

const RETRIES_MAX = 2;
const FIRST_DELAY_MAX_MS = 250;

/**
 * True where the call itself failed on the way: not where we held it back, and not where its token could not be had.
 */
export function isRetryable(error: unknown, operation: QboEndpoint): boolean {
  if (!(error instanceof QboError) || error.kind !== 'transient') return false;
  return error.detail.operation === operation && error.detail.retryAfterSeconds === undefined;
}

/**
 * The delay before a read is repeated, in milliseconds, with full jitter; null where it is not repeated: after two
 * retries, and where the delay would end past `leftMs`. `random` is in [0, 1).
 */
export function retryDelayMs(retries: number, leftMs: number, random: number): number | null {
  if (retries >= RETRIES_MAX) return null;
  const delayMs = FIRST_DELAY_MAX_MS * 2 ** retries * random;
  return delayMs < leftMs ? delayMs : null;
}
