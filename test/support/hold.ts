import { vi } from 'vitest';

/** A call that has done its work and does not return yet. */
export interface HeldCall {
  /** Resolved once the work is done. */
  readonly done: Promise<void>;
  /** Has it return what it would have returned. */
  letGo(): void;
}

/** A call that has not begun its work. */
export interface WaitingCall {
  /** Resolved once it is made. */
  readonly made: Promise<void>;
  /** Has it do its work. */
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

/** Holds the next call of a method before it does anything, until it is let go; then it fails with `failure`. */
export function holdBefore<Target extends object>(
  target: Target,
  method: keyof Target & string,
  failure?: Error,
): WaitingCall {
  const made = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const real = (target[method] as (...given: unknown[]) => Promise<unknown>).bind(target);
  const held = async (...given: unknown[]): Promise<unknown> => {
    made.resolve();
    await over.promise;
    if (failure) throw failure;
    return real(...given);
  };
  vi.spyOn(target, method as never).mockImplementationOnce(held as never);
  return { made: made.promise, letGo: over.resolve };
}
