import { assert, integer, property } from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { correctionAfter } from './clock-correction.js';
import { SystemClockService } from './system-clock.service.js';

const HOUR_MS = 3_600_000;
const NOON = Date.parse('2026-03-02T12:00:00Z');

/** Of a process that began at noon, by its machine. */
class OwnClock extends SystemClockService {
  sinceNoonMs = 0;

  protected override ownMs(): number {
    return NOON + this.sinceNoonMs;
  }
}

describe('The clock of a process', () => {
  let clock: OwnClock;

  beforeEach(() => {
    clock = new OwnClock();
  });

  const agree = async (database: number): Promise<number> => clock.agreeWith(async () => database);

  it.each([-HOUR_MS, -5, 0, 5, HOUR_MS])('goes by the database’s, which is %d ms apart', async (apartMs) => {
    expect(await agree(NOON + apartMs)).toBe(apartMs);
    expect(clock.now().getTime()).toBe(NOON + apartMs);
    clock.sinceNoonMs = 1_500;
    expect(clock.now().getTime()).toBe(NOON + apartMs + 1_500);
  });

  it('goes by the database’s again where that is put back, or ahead', async () => {
    for (const databaseMs of [NOON, NOON - HOUR_MS, NOON + 2 * HOUR_MS]) {
      await agree(databaseMs);
      expect(clock.now().getTime()).toBe(databaseMs);
    }
  });

  it('goes on steadily where the clock of its machine is put back, or ahead, while it runs', () => {
    const own = new SystemClockService();
    const before = own.now().getTime();
    vi.useFakeTimers({ now: NOON, toFake: ['Date'] });
    try {
      for (const machineMs of [NOON, before + 400 * 24 * HOUR_MS]) {
        vi.setSystemTime(machineMs);
        expect(own.now().getTime() - before).toBeLessThan(HOUR_MS);
        expect(own.now().getTime()).toBeGreaterThanOrEqual(before);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it('goes on as it did where the database does not answer', async () => {
    await agree(NOON + HOUR_MS);
    await expect(clock.agreeWith(async () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(clock.now().getTime()).toBe(NOON + HOUR_MS);
  });

  it('is not changed by a slow answer where it is right', async () => {
    await clock.agreeWith(async () => {
      clock.sinceNoonMs = 4_000;
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
