import { AsyncLocalStorage } from 'node:async_hooks';

const patience = new AsyncLocalStorage<true>();

/** Quick retries of a read, and the longest wait before the first of them. */
const RETRIES_MAX = 2;
const FIRST_WAIT_MAX_MS = 250;

/**
 * Does work that nobody waits for. Within it a read that failed on the way is asked again, quickly and at most twice.
 *
 * Only unattended work has this patience: its next look is an interval away, so one blip would cost half an hour. A
 * person is told at once and can ask again. Writes are never repeated here: their idempotency key, and whether to send
 * it again, belong to the operation's own row.
 */
export function patiently<T>(work: () => Promise<T>): Promise<T> {
  return patience.run(true, work);
}

/** True within `patiently`. */
export function isPatient(): boolean {
  return patience.getStore() ?? false;
}

/**
 * The wait before a read is asked again, in milliseconds, with full jitter; null where it is not asked again: after two
 * retries, and where the wait would end past `leftMs`. `random` is in [0, 1).
 */
export function retryWaitMs(retries: number, leftMs: number, random: number): number | null {
  if (retries >= RETRIES_MAX) return null;
  const waitMs = FIRST_WAIT_MAX_MS * 2 ** retries * random;
  return waitMs < leftMs ? waitMs : null;
}
