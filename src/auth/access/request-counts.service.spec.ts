import { describe, expect, it, vi } from 'vitest';
import { COUNTED_MAX, RequestCountsService } from './request-counts.service.js';

const LIMITS = { ttl: 60_000, limit: 3, blockDuration: 60_000 };

describe('The requests of one caller', () => {
  const after = (...times: number[]) => {
    const counts = new RequestCountsService();
    return times.map((at) => counts.countAt(at, 'user:7', LIMITS).isBlocked);
  };

  it('are as many as the limit says in a window, which begins with the first', () => {
    expect(after(0, 20_000, 59_999)).toEqual([false, false, false]);
    expect(after(0, 1, 2, 3)).toEqual([false, false, false, true]);
    expect(after(0, 1, 2, 60_000, 60_001, 60_002)).not.toContain(true);
  });

  it('are refused for the time of the block, in which none is counted', () => {
    const blockedAt = 50_000;
    expect(after(0, 1, 2, blockedAt, blockedAt + 59_999, blockedAt + 60_000).slice(3)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('are counted by no clock that can be put back', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    try {
      const counts = new RequestCountsService();
      const ask = async () => (await counts.increment('user:7', 60_000, 0, 60_000)).isBlocked;
      expect(await ask()).toBe(true);
      vi.advanceTimersByTime(61_000);
      vi.setSystemTime(Date.now() - 3_600_000);
      expect((await counts.increment('user:7', 60_000, 1, 60_000)).isBlocked).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are told when they may go on, in whole seconds that are never too few', () => {
    const counts = new RequestCountsService();
    for (const at of [0, 1, 2]) counts.countAt(at, 'user:7', LIMITS);
    expect(counts.countAt(10_001, 'user:7', LIMITS)).toMatchObject({
      timeToExpire: 50,
      timeToBlockExpire: 60,
    });
    expect(counts.countAt(69_002, 'user:7', LIMITS)).toMatchObject({
      isBlocked: true,
      timeToBlockExpire: 1,
    });
  });

  it('take no more room than a bounded number of callers do: those whose window began first are forgotten', () => {
    const counts = new RequestCountsService();
    for (const key of ['user:7', 'user:8']) {
      for (const at of [0, 1, 2, 3]) counts.countAt(at, key, LIMITS);
    }
    for (let n = 0; n < COUNTED_MAX - 1; n += 1) counts.countAt(4, `link:${n}`, LIMITS);
    expect(counts.countAt(5, 'user:8', LIMITS).isBlocked).toBe(true);
    expect(counts.countAt(5, 'user:7', LIMITS)).toMatchObject({ isBlocked: false, totalHits: 1 });
  });

  it('do not count for another caller', () => {
    const counts = new RequestCountsService();
    for (const at of [0, 1, 2, 3]) counts.countAt(at, 'user:7', LIMITS);
    expect(counts.countAt(4, 'user:8', LIMITS)).toMatchObject({ isBlocked: false, totalHits: 1 });
  });
});
