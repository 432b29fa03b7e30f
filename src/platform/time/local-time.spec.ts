import { describe, expect, it } from 'vitest';
import { instantInZone, isTimeOfDay, timeInZone } from './local-time.js';

describe('A local time of day', () => {
  it.each([
    { day: '2026-01-15', time: '09:00', zone: 'America/Denver', instant: '2026-01-15T16:00:00.000Z' },
    { day: '2026-07-15', time: '09:00', zone: 'America/Denver', instant: '2026-07-15T15:00:00.000Z' },
    { day: '2026-07-15', time: '09:00', zone: 'America/Phoenix', instant: '2026-07-15T16:00:00.000Z' },
    { day: '2026-03-08', time: '09:00', zone: 'America/Denver', instant: '2026-03-08T15:00:00.000Z' },
    { day: '2026-11-01', time: '09:00', zone: 'America/Denver', instant: '2026-11-01T16:00:00.000Z' },
    { day: '2026-06-01', time: '09:15', zone: 'Pacific/Auckland', instant: '2026-05-31T21:15:00.000Z' },
    { day: '2026-06-01', time: '07:00', zone: 'Asia/Kolkata', instant: '2026-06-01T01:30:00.000Z' },
    { day: '2026-06-01', time: '09:00', zone: 'Pacific/Kiritimati', instant: '2026-05-31T19:00:00.000Z' },
    { day: '2026-06-01', time: '09:00', zone: 'UTC', instant: '2026-06-01T09:00:00.000Z' },
  ])('$time of $day in $zone is $instant', ({ day, time, zone, instant }) => {
    expect(instantInZone(day, time, zone).toISOString()).toBe(instant);
    expect(timeInZone(new Date(instant), zone)).toBe(time);
  });

  it('that is left out as the clocks go forward is an instant close by', () => {
    const instant = instantInZone('2026-03-08', '02:30', 'America/Denver');
    expect(Math.abs(instant.getTime() - Date.parse('2026-03-08T09:00:00Z'))).toBeLessThanOrEqual(3_600_000);
  });

  it('begins its day with 00, not 24', () => {
    expect(timeInZone(new Date('2026-06-01T00:05:00Z'), 'UTC')).toBe('00:05');
  });

  it.each(['9:00', '24:00', '09:60', '', '09:00:00', 9, null])('is none that is written %s', (text) => {
    expect(isTimeOfDay(text)).toBe(false);
  });
});
