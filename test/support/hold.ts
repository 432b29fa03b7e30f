import { setTimeout as pause } from 'node:timers/promises';
import { vi } from 'vitest';
import { LIMIT_MS } from './eventually.js';

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

interface HoldOptions {
  /** Only a call whose first argument is, or is of, this organisation: others of the file have work of their own. */
  orgId?: number;
  /** What the call fails with, once it is let go. */
  failure?: Error;
}

/**
 * Holds the next call of a method when its work is done and before it returns, until it is let go: whatever has to
 * happen meanwhile happens meanwhile, however slow the machine is.
 */
export function holdNext<Target extends object>(
  target: Target,
  method: keyof Target & string,
  { orgId }: Pick<HoldOptions, 'orgId'> = {},
): HeldCall {
  const done = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  replaceNext(target, method, orgId, async (call) => {
    const answer = await call();
    done.resolve();
    await over.promise;
    return answer;
  });
  return {
    get done() {
      return inTime(done.promise, `${method} was to be held, and is not done`);
    },
    letGo: over.resolve,
  };
}

/** Holds the next call of a method before it does anything, until it is let go. */
export function holdBefore<Target extends object>(
  target: Target,
  method: keyof Target & string,
  { orgId, failure }: HoldOptions = {},
): WaitingCall {
  const made = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  replaceNext(target, method, orgId, async (call) => {
    made.resolve();
    await over.promise;
    if (failure) throw failure;
    return call();
  });
  return {
    get made() {
      return inTime(made.promise, `${method} was to be held, and nobody called it`);
    },
    letGo: over.resolve,
  };
}

/** Has the next call, of an organisation where one is named, go through `around`. */
function replaceNext<Target extends object>(
  target: Target,
  method: keyof Target & string,
  orgId: number | undefined,
  around: (call: () => Promise<unknown>) => Promise<unknown>,
): void {
  const real = (target[method] as (...given: unknown[]) => Promise<unknown>).bind(target);
  const spy = vi.spyOn(target, method as never);
  const next = (...given: unknown[]): Promise<unknown> => {
    if (orgId === undefined || isAbout(given[0], orgId)) return around(() => real(...given));
    const answer = real(...given);
    spy.mockImplementationOnce(next as never);
    return answer;
  };
  spy.mockImplementationOnce(next as never);
}

function isAbout(argument: unknown, orgId: number): boolean {
  if (argument === orgId) return true;
  return typeof argument === 'object' && argument !== null && 'orgId' in argument && argument.orgId === orgId;
}

/** A call that is not made by then will not be: the test says so, instead of waiting for its own end. */
async function inTime(call: Promise<void>, otherwise: string): Promise<void> {
  const over = new AbortController();
  const late = pause(LIMIT_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error(otherwise);
  });
  try {
    await Promise.race([call, late]);
  } finally {
    over.abort();
  }
}
