import type { Backoff } from '../../jobs/backoff.js';

/** When an e-mail is tried again: seven attempts, the last some ten hours after the first. */
export const EMAIL_BACKOFF: Backoff = {
  firstMs: 10_000,
  factor: 6,
  maxMs: 6 * 3_600_000,
  jitter: 0,
  attemptsMax: 7,
};
