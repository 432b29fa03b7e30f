import { setTimeout as pause } from 'node:timers/promises';

/**
 * A fact that is not there by then will not come. One limit for all: on a machine that does ten other things, what
 * takes a second elsewhere takes half a minute, and a short limit of one test's own fails there without a fault.
 */
const LIMIT_MS = 120_000;
/** Also where a test moves the clock of the process. */
const now = performance.now.bind(performance);

/**
 * Waits for a fact: asks again and again until the check stops throwing, and answers what it answered. After two
 * minutes the last failure is thrown.
 */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  const deadline = now() + LIMIT_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (now() > deadline) throw error;
      await pause(25);
    }
  }
}
