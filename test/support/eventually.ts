import { setTimeout as pause } from 'node:timers/promises';

/**
 * A fact that is not there by then will not come. One limit for all: on a machine that does ten other things, what
 * takes a second elsewhere takes half a minute, and a short limit of one test's own fails there without a fault. It is
 * more than twice what the product waits after a lost answer, as there a request may be lost by its time limit alone.
 */
export const LIMIT_MS = 300_000;
/** Between two looks: half of what has been waited already, since a look costs a request or a statement. */
const PAUSE_MS = { min: 20, max: 200 };
/** Also where a test moves the clock of the process. */
const now = performance.now.bind(performance);

/**
 * Waits for a fact: asks again and again until the check stops throwing, and answers what it answered. After five
 * minutes the last failure is thrown.
 */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  const began = now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      const waited = now() - began;
      if (waited > LIMIT_MS) throw error;
      await pause(Math.min(PAUSE_MS.max, Math.max(PAUSE_MS.min, waited / 2)));
    }
  }
}
