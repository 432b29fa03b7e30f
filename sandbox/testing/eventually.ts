import { vi } from 'vitest';

/** Waits for a fact, on a busy machine too: almost as long as a test may take. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 50_000, interval: 25 });
