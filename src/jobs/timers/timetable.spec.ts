import { describe, expect, it } from 'vitest';
import { latestRunAt, OTHER_TIMERS, TIMETABLE, type When } from './timetable.js';

describe('A timer last had to run', () => {
  const day = { dailyAt: '03:17' };

  it.each<[string, When, string, string]>([
    ['at the full five seconds', { everySeconds: 5 }, '2026-03-02T10:00:05.000Z', '2026-03-02T10:00:05.000Z'],
    ['before the next five', { everySeconds: 5 }, '2026-03-02T10:00:09.999Z', '2026-03-02T10:00:05.000Z'],
    ['at the full minute', { everySeconds: 60 }, '2026-03-02T10:00:59.999Z', '2026-03-02T10:00:00.000Z'],
    ['today, once its time has come', day, '2026-03-02T03:17:00.000Z', '2026-03-02T03:17:00.000Z'],
    ['yesterday, before it has', day, '2026-03-02T03:16:59.999Z', '2026-03-01T03:17:00.000Z'],
    ['in the year before', day, '2026-01-01T00:00:00.000Z', '2025-12-31T03:17:00.000Z'],
    [
      'in UTC, whatever the clocks on the wall do',
      day,
      '2026-03-29T12:00:00.000Z',
      '2026-03-29T03:17:00.000Z',
    ],
  ])('%s', (_name, when, now, expected) => {
    expect(latestRunAt(when, new Date(now)).toISOString()).toBe(expected);
  });

  it('and has one name in all the timetable', () => {
    const names = [...Object.keys(TIMETABLE), ...Object.keys(OTHER_TIMERS)];
    expect(new Set(names).size).toBe(names.length);
  });
});
