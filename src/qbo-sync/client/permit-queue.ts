import { setTimeout as pause } from 'node:timers/promises';
import { reaskAfterMs } from './call-limits.js';

/** What the shared limits answer: how many may go, for how long nobody may, and when asking again can help. */
export interface PermitAnswer {
  granted: number;
  blockedSeconds: number;
  nextMs: number;
}

/** No permit: the company is paused for `blockedSeconds`, or (0) none came up in time. */
export class NoPermit extends Error {
  constructor(readonly blockedSeconds: number) {
    super(blockedSeconds > 0 ? 'the company is paused' : 'no permit came up in time');
    this.name = 'NoPermit';
  }
}

interface Waiter {
  /** By `performance.now()`. */
  deadline: number;
  go: () => void;
  fail: (reason: unknown) => void;
}

/**
 * The calls of one process that wait for permits of one company, first come, first served. One of them asks for all, so
 * however many wait, a process asks one question at a time. A permit is a number taken from the table: whoever dies
 * with one in the hand has used it up, and it comes back with time.
 */
export class PermitQueue {
  private waiting: Waiter[] = [];
  private asking = false;

  constructor(private readonly ask: (wanted: number) => Promise<PermitAnswer>) {}

  /** Resolves when the call may be sent. Rejects with NoPermit, or with what the question failed with. */
  take(withinMs: number): Promise<void> {
    return new Promise((go, fail) => {
      this.waiting.push({ deadline: performance.now() + withinMs, go, fail });
      if (!this.asking) void this.serve();
    });
  }

  private async serve(): Promise<void> {
    this.asking = true;
    let refusals = 0;
    let nextMs = 0;
    while (this.waiting.length > 0) {
      const wanted = this.waiting.length;
      try {
        const answer = await this.ask(wanted);
        const { granted, blockedSeconds } = answer;
        for (const waiter of this.waiting.splice(0, granted)) waiter.go();
        if (blockedSeconds > 0) this.failAll(new NoPermit(blockedSeconds));
        if (granted >= wanted) continue;
        refusals = granted > 0 ? 0 : refusals + 1;
        nextMs = answer.nextMs;
      } catch (error) {
        this.failAll(error);
      }
      this.failLate();
      const [first] = this.waiting;
      if (first === undefined) continue;
      await pause(
        Math.min(reaskAfterMs(nextMs, refusals, Math.random()), first.deadline - performance.now()),
      );
    }
    this.asking = false;
  }

  private failAll(reason: unknown): void {
    for (const waiter of this.waiting.splice(0)) waiter.fail(reason);
  }

  private failLate(): void {
    const now = performance.now();
    const late = this.waiting.filter(({ deadline }) => deadline <= now);
    this.waiting = this.waiting.filter(({ deadline }) => deadline > now);
    for (const waiter of late) waiter.fail(new NoPermit(0));
  }
}
