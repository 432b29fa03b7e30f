import { reaskAfterMs } from './rate-limits.js';

/** What the shared limits answer: how many may go, for how long nobody may, and when asking again can help. */
export interface RateTokenGrant {
  granted: number;
  blockedSeconds: number;
  nextMs: number;
  /** Whether it is the calls under way that stand in the way: one that ends makes room. */
  crowded: boolean;
  /** What those that were granted are given back under. */
  lease: string;
}

/** Leave to send one call now. */
export interface RateToken {
  lease: string;
  /** When it was asked for, by `performance.now()`: it was given later than that. */
  askedAt: number;
}

/** No permit: the company is paused for `blockedSeconds`, or (0) none came up in time. */
export class NoRateToken extends Error {
  constructor(readonly blockedSeconds: number) {
    super(blockedSeconds > 0 ? 'the company is paused' : 'no permit came up in time');
    this.name = 'NoPermit';
  }
}

interface Waiter {
  /** By `performance.now()`. */
  deadline: number;
  go: (permit: RateToken) => void;
  fail: (reason: unknown) => void;
}

/**
 * The calls of one process that wait for permits of one company, first come, first served. One of them asks for all, so
 * however many wait, a process asks one question at a time. A permit is a number taken from the table: whoever dies
 * with one in the hand has used it up, and it comes back with time.
 */
export class TokenQueue {
  private waiting: Waiter[] = [];
  private asking = false;
  private hasRoom = false;
  private isPaused = false;
  private crowded = false;
  private endWait: (() => void) | null = null;

  constructor(private readonly ask: (wanted: number) => Promise<RateTokenGrant>) {}

  /** Resolves when the call may be sent. Rejects with NoPermit, or with what the question failed with. */
  take(withinMs: number): Promise<RateToken> {
    return new Promise((go, fail) => {
      this.waiting.push({ deadline: performance.now() + withinMs, go, fail });
      if (!this.asking) void this.serve();
    });
  }

  /** A call of this process ended: those who wait for that need not wait to ask again. */
  makeRoom(): void {
    this.hasRoom = true;
    if (this.crowded) this.endWait?.();
  }

  /** The company was paused: those who wait are told by the next answer, at once. */
  hearOfPause(): void {
    this.isPaused = true;
    this.endWait?.();
  }

  private async serve(): Promise<void> {
    this.asking = true;
    let refusals = 0;
    let nextMs = 0;
    while (this.waiting.length > 0) {
      const wanted = this.waiting.length;
      this.hasRoom = false;
      this.isPaused = false;
      this.crowded = false;
      const askedAt = performance.now();
      try {
        const answer = await this.ask(wanted);
        const { granted, blockedSeconds, lease } = answer;
        for (const waiter of this.waiting.splice(0, granted)) waiter.go({ lease, askedAt });
        if (blockedSeconds > 0) this.failAll(new NoRateToken(blockedSeconds));
        if (granted >= wanted) continue;
        refusals = granted > 0 ? 0 : refusals + 1;
        ({ nextMs, crowded: this.crowded } = answer);
      } catch (error) {
        this.failAll(error);
      }
      this.failLate();
      const [first] = this.waiting;
      if (first === undefined) continue;
      const waitMs = reaskAfterMs(nextMs, refusals, Math.random());
      await this.wait(Math.min(waitMs, first.deadline - performance.now()));
    }
    this.asking = false;
  }

  /** Waits so long, or until there is a reason to ask again at once. */
  private async wait(ms: number): Promise<void> {
    if (this.isPaused || (this.crowded && this.hasRoom)) return;
    await new Promise<void>((over) => {
      const timer = setTimeout(over, ms);
      this.endWait = () => {
        clearTimeout(timer);
        over();
      };
    });
    this.endWait = null;
  }

  private failAll(reason: unknown): void {
    for (const waiter of this.waiting.splice(0)) waiter.fail(reason);
  }

  private failLate(): void {
    const now = performance.now();
    const late = this.waiting.filter(({ deadline }) => deadline <= now);
    this.waiting = this.waiting.filter(({ deadline }) => deadline > now);
    for (const waiter of late) waiter.fail(new NoRateToken(0));
  }
}
