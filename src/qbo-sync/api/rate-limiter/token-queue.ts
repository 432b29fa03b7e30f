import { askAgainAfterMs } from './rate-limits.js';

/** What take_rate_tokens answers: tokens granted, seconds of back-off left, and when asking again can help. */
export interface RateTokenGrant {
  granted: number;
  blockedSeconds: number;
  nextMs: number;
  /** True where the calls in flight stand in the way: one that ends makes room. */
  concurrencyLimited: boolean;
  /** What the granted tokens are released under. */
  lease: string;
}

/** Permission to send one call now. */
export interface RateToken {
  lease: string;
  /** When it was asked for, by `performance.now()`: it was granted later than that. */
  askedAt: number;
}

/** No token: the company is backed off for `blockedSeconds`, or (0) none came up in time. */
export class NoRateToken extends Error {
  constructor(readonly blockedSeconds: number) {
    super(blockedSeconds > 0 ? 'the company is backed off' : 'no rate token came up in time');
    this.name = 'NoRateToken';
  }
}

interface Waiter {
  /** By `performance.now()`. */
  deadline: number;
  go: (token: RateToken) => void;
  fail: (reason: unknown) => void;
}

/**
 * The calls of one process that wait for tokens of one company, first come, first served. One of them asks for all, so
 * however many wait, a process has one statement in flight. A token of a process that dies is used up and comes back
 * with time.
 */
export class TokenQueue {
  private waiting: Waiter[] = [];
  private asking = false;
  private roomFreed = false;
  private isBackedOff = false;
  private concurrencyLimited = false;
  private endWait: (() => void) | null = null;

  constructor(private readonly ask: (wanted: number) => Promise<RateTokenGrant>) {}

  /** Resolves when the call may be sent. Rejects with NoRateToken, or with what the statement failed with. */
  take(withinMs: number): Promise<RateToken> {
    return new Promise((go, fail) => {
      this.waiting.push({ deadline: performance.now() + withinMs, go, fail });
      if (!this.asking) void this.serve();
    });
  }

  /** A call of this process ended: where calls in flight stand in the way, tokens are asked for again at once. */
  callEnded(): void {
    this.roomFreed = true;
    if (this.concurrencyLimited) this.endWait?.();
  }

  /** The company is backed off: tokens are asked for again at once, and the answer rejects those who wait. */
  backOff(): void {
    this.isBackedOff = true;
    this.endWait?.();
  }

  private async serve(): Promise<void> {
    this.asking = true;
    let refusals = 0;
    let nextMs = 0;
    while (this.waiting.length > 0) {
      const wanted = this.waiting.length;
      this.roomFreed = false;
      this.isBackedOff = false;
      this.concurrencyLimited = false;
      const askedAt = performance.now();
      try {
        const answer = await this.ask(wanted);
        const { granted, blockedSeconds, lease } = answer;
        for (const waiter of this.waiting.splice(0, granted)) waiter.go({ lease, askedAt });
        if (blockedSeconds > 0) this.failAll(new NoRateToken(blockedSeconds));
        if (granted >= wanted) continue;
        refusals = granted > 0 ? 0 : refusals + 1;
        ({ nextMs, concurrencyLimited: this.concurrencyLimited } = answer);
      } catch (error) {
        this.failAll(error);
      }
      this.failLate();
      const [first] = this.waiting;
      if (first === undefined) continue;
      const waitMs = askAgainAfterMs(nextMs, refusals, Math.random());
      await this.wait(Math.min(waitMs, first.deadline - performance.now()));
    }
    this.asking = false;
  }

  /** Waits so long, or until there is a reason to ask again at once. */
  private async wait(ms: number): Promise<void> {
    if (this.isBackedOff || (this.concurrencyLimited && this.roomFreed)) return;
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
