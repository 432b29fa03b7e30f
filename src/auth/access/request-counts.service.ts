import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';

/** What one caller did in the window that is open, and until when all further requests are refused. */
interface Counted {
  hits: number;
  windowEndsAt: number;
  blockedUntil: number;
}

type ThrottlerAnswer = Awaited<ReturnType<ThrottlerStorage['increment']>>;

const FORGET_EVERY_MS = 60_000;
/** Callers that are known at a time: whoever asks with made-up links makes as many as they like. Some 10 MB. */
export const COUNTED_MAX = 50_000;

/**
 * Requests by caller, in this process: a number for each, whatever the limit. (The library's own storage keeps the time
 * of every request of the last minute and goes through all of them at the next.) A window begins with the first
 * request after the one before is over. Beyond so many callers, those whose window began first are forgotten.
 */
@Injectable()
export class RequestCountsService implements ThrottlerStorage {
  private readonly counts = new Map<string, Counted>();
  private forgetAt = 0;

  async increment(key: string, ttl: number, limit: number, blockDuration: number): Promise<ThrottlerAnswer> {
    return this.countAt(performance.now(), key, { ttl, limit, blockDuration });
  }

  /** Milliseconds of a clock that nobody sets; those of the answer are whole seconds from now, never too few. */
  countAt(
    now: number,
    key: string,
    { ttl, limit, blockDuration }: { ttl: number; limit: number; blockDuration: number },
  ): ThrottlerAnswer {
    this.forget(now);
    let counted = this.counts.get(key);
    if (!counted || (counted.windowEndsAt <= now && counted.blockedUntil <= now)) {
      counted = { hits: 0, windowEndsAt: now + ttl, blockedUntil: 0 };
      this.counts.delete(key); // so that it comes last in the order of windows
      this.makeRoom();
      this.counts.set(key, counted);
    }
    const isBlocked = counted.blockedUntil > now;
    if (!isBlocked) {
      counted.hits += 1;
      if (counted.hits > limit) counted.blockedUntil = now + blockDuration;
    }
    const seconds = (until: number): number => Math.max(0, Math.ceil((until - now) / 1000));
    return {
      totalHits: counted.hits,
      timeToExpire: seconds(counted.windowEndsAt),
      isBlocked: counted.blockedUntil > now,
      timeToBlockExpire: seconds(counted.blockedUntil),
    };
  }

  private makeRoom(): void {
    if (this.counts.size < COUNTED_MAX) return;
    const [first] = this.counts.keys();
    this.counts.delete(first!);
  }

  /** Forgets those whose window is over, once a minute. */
  private forget(now: number): void {
    if (now < this.forgetAt) return;
    this.forgetAt = now + FORGET_EVERY_MS;
    for (const [key, { windowEndsAt, blockedUntil }] of this.counts) {
      if (windowEndsAt <= now && blockedUntil <= now) this.counts.delete(key);
    }
  }
}
