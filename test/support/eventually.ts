import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits for a fact: asks again and again until the check stops throwing, and answers what it answered.
 * After `withinMs` the last failure is thrown.
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 60_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(25);
    }
  }
}
