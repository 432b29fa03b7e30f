import { assert, integer, property } from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { correctionAfter } from './clock-correction.js';
import { SystemClockService } from './system-clock.service.js';

const HOUR_MS = 3_600_000;
const NOON = Date.parse('2026-03-02T12:00:00Z');

describe('The clock of a process', () => {
  let clock: SystemClockService;

  beforeEach(() => {
    vi.useFakeTimers({ now: NOON, toFake: ['Date'] });
    clock = new SystemClockService();
  });
  afterEach(() => void vi.useRealTimers());

  const agree = async (database: number): Promise<number> => clock.agreeWith(async () => database);

  it.each([-HOUR_MS, -5, 0, 5, HOUR_MS])('goes by the database’s, which is %d ms apart', async (apartMs) => {
    expect(await agree(NOON + apartMs)).toBe(apartMs);
    expect(clock.now().getTime()).toBe(NOON + apartMs);
    vi.setSystemTime(NOON + 1_500);
    expect(clock.now().getTime()).toBe(NOON + apartMs + 1_500);
  });

  it('goes on by the database’s where its own is put back, or ahead, while it runs', async () => {
    for (const ownMs of [NOON, NOON - HOUR_MS, NOON + 2 * HOUR_MS]) {
      vi.setSystemTime(ownMs);
      await agree(NOON + 10);
      expect(clock.now().getTime()).toBe(NOON + 10);
    }
  });

  it('goes on as it did where the database does not answer', async () => {
    await agree(NOON + HOUR_MS);
    await expect(clock.agreeWith(async () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(clock.now().getTime()).toBe(NOON + HOUR_MS);
  });

  it('is not changed by a slow answer where it is right', async () => {
    await clock.agreeWith(async () => {
      vi.setSystemTime(NOON + 4_000);
      return NOON + 3_000;
    });
    expect(clock.now().getTime()).toBe(NOON + 4_000);
  });

  it('is as far from the database’s as the answer took, at the most, and no reading makes it worse', () => {
    const ms = integer({ min: -HOUR_MS, max: HOUR_MS });
    const wayMs = integer({ min: 0, max: 20_000 });
    assert(
      property(ms, ms, wayMs, wayMs, (apart, soFar, there, back) => {
        const reading = { before: 0, database: apart + there, after: there + back };
        const correction = correctionAfter(soFar, reading);
        expect(Math.abs(correction - apart)).toBeLessThanOrEqual(Math.max(there, back));
        expect(Math.abs(correction - apart)).toBeLessThanOrEqual(Math.abs(soFar - apart));
      }),
    );
  });
});
