import { vi } from 'vitest';

/** A call that has done its work and does not return yet. */
export interface HeldCall {
  /** Resolved once the work is done. */
  readonly done: Promise<void>;
  /** Has it return what it would have returned. */
  letGo(): void;
}

/**
 * Holds the next call of a method when its work is done and before it returns, until it is let go: whatever has to
 * happen meanwhile happens meanwhile, however slow the machine is.
 */
export function holdNext<Target extends object>(target: Target, method: keyof Target & string): HeldCall {
  const done = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const real = (target[method] as (...given: unknown[]) => Promise<unknown>).bind(target);
  const held = async (...given: unknown[]): Promise<unknown> => {
    const answer = await real(...given);
    done.resolve();
    await over.promise;
    return answer;
  };
  vi.spyOn(target, method as never).mockImplementationOnce(held as never);
  return { done: done.promise, letGo: over.resolve };
}
