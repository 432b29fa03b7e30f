import { AsyncLocalStorage } from 'node:async_hooks';

/** The person who asked. */
export interface Actor {
  readonly userId: number;
  readonly orgId: number;
}

/** What first caused a piece of work. It goes with every job the work enqueues, and with the jobs of those. */
export interface Cause {
  /** Of the HTTP request it began with. */
  readonly requestId?: string;
  /** Stripe's id of the event that was delivered, and of what the event is about. */
  readonly stripeEventId?: string;
  readonly stripeObjectId?: string;
  /** The span it belongs to, where traces are kept. */
  readonly traceparent?: string;
}

/** One piece of work, from its beginning to its end: an HTTP request, or a job. */
export interface Correlation {
  cause: Cause;
  /** Null until the caller is known, and in jobs. */
  actor: Actor | null;
  /** Where the request came from. */
  readonly ip: string | null;
  /** The `code` of the problem a request was answered with. */
  problem?: string;
  readonly queue?: string;
  readonly jobId?: string;
}

const current = new AsyncLocalStorage<Correlation>();

/** Runs something as part of a piece of work; all that it awaits is part of it too. */
export function correlated<T>(work: Correlation, run: () => T): T {
  return current.run(work, run);
}

/** The piece of work that the caller is part of; undefined outside of any, as in a timer. */
export function correlation(): Correlation | undefined {
  return current.getStore();
}

/** Adds to the cause of the work under way: what follows from here on has it too. */
export function causedBy(cause: Cause): void {
  const work = current.getStore();
  if (work) work.cause = { ...work.cause, ...cause };
}
