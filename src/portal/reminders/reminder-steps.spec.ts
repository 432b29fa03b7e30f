import { describe, expect, it } from 'vitest';
import { addDays } from '../../platform/time/calendar-day.js';
import { timeInZone } from '../../platform/time/local-time.js';
import { dueSteps, isTooLate, nextLook, nextOpening, stepName } from './reminder-steps.js';

const DENVER = 'America/Denver';
const SETTINGS = { days_before: [3], days_after: [1, 7, 14], send_at: '09:00' };

const stepOf = (now: string, dueOn: string, settings = SETTINGS, zone = DENVER): number | undefined =>
  dueSteps(settings, new Date(now), zone).find((step) => step.dueOn === dueOn)?.offsetDays;

describe('A reminder of an invoice due on June 10', () => {
  it.each([
    { now: '2026-06-07T14:59:59Z', step: undefined, why: 'it is before nine in Denver' },
    { now: '2026-06-07T15:00:00Z', step: -3, why: 'it is nine, three days before' },
    { now: '2026-06-08T02:59:00Z', step: -3, why: 'it is one minute before nine in the evening' },
    { now: '2026-06-08T03:00:00Z', step: undefined, why: 'it is night' },
    { now: '2026-06-08T16:00:00Z', step: -3, why: 'nobody looked the day before' },
    { now: '2026-06-09T16:00:00Z', step: -3, why: 'nor the day before that' },
    { now: '2026-06-10T16:00:00Z', step: undefined, why: 'the step is three days old' },
    { now: '2026-06-11T16:00:00Z', step: 1, why: 'it is the day after' },
    { now: '2026-06-17T16:00:00Z', step: 7, why: 'it is a week after' },
    { now: '2026-06-24T16:00:00Z', step: 14, why: 'it is two weeks after' },
    { now: '2026-06-26T16:00:00Z', step: 14, why: 'that was two days ago' },
    { now: '2026-06-27T16:00:00Z', step: undefined, why: 'that was three days ago' },
  ])('at $now is that of $step, for $why', ({ now, step }) => {
    expect(stepOf(now, '2026-06-10')).toBe(step);
  });

  it('is one alone where several days are due at once: the newest', () => {
    const close = { ...SETTINGS, days_after: [0, 1, 2] };
    expect(stepOf('2026-06-12T16:00:00Z', '2026-06-10', close)).toBe(2);
    expect(stepOf('2026-06-14T16:00:00Z', '2026-06-10', close)).toBe(2);
    const days = dueSteps(close, new Date('2026-06-12T16:00:00Z'), DENVER).map(({ dueOn }) => dueOn);
    expect(new Set(days).size).toBe(days.length);
  });

  it('is one on the day itself, also where it stands in both lists', () => {
    const both = { days_before: [0], days_after: [0], send_at: '09:00' };
    expect(dueSteps(both, new Date('2026-06-10T16:00:00Z'), DENVER)[0]).toEqual({
      dueOn: '2026-06-10',
      offsetDays: 0,
    });
  });

  it.each([
    { zone: 'Pacific/Auckland', now: '2026-06-09T21:00:00Z', today: true },
    { zone: 'Pacific/Auckland', now: '2026-06-09T20:59:00Z', today: false },
    { zone: 'America/Los_Angeles', now: '2026-06-10T16:00:00Z', today: true },
    { zone: 'America/Los_Angeles', now: '2026-06-10T15:59:00Z', today: false },
    { zone: 'Asia/Kolkata', now: '2026-06-10T03:30:00Z', today: true },
    { zone: 'Asia/Kolkata', now: '2026-06-10T03:29:00Z', today: false },
  ])('on its day in $zone is due at $now: $today', ({ zone, now, today }) => {
    const onTheDay = { days_before: [], days_after: [0], send_at: '09:00' };
    expect(stepOf(now, '2026-06-10', onTheDay, zone)).toBe(today ? 0 : undefined);
  });
});

describe('The days on which the clocks change in Denver', () => {
  const onTheDay = { days_before: [], days_after: [0], send_at: '09:00' };

  it.each([
    { day: '2026-03-08', before: '2026-03-08T14:59:00Z', at: '2026-03-08T15:00:00Z' },
    { day: '2026-11-01', before: '2026-11-01T15:59:00Z', at: '2026-11-01T16:00:00Z' },
  ])('have their nine o’clock, too: $day', ({ day, before, at }) => {
    expect(stepOf(before, day, onTheDay)).toBeUndefined();
    expect(stepOf(at, day, onTheDay)).toBe(0);
    expect(nextLook(onTheDay, new Date(before), DENVER)).toEqual(new Date(at));
  });

  it('begin after a night that is an hour shorter or longer', () => {
    expect(nextOpening(onTheDay, new Date('2026-03-08T04:00:00Z'), DENVER)).toEqual(
      new Date('2026-03-08T15:00:00Z'),
    );
    expect(nextOpening(onTheDay, new Date('2026-11-01T03:00:00Z'), DENVER)).toEqual(
      new Date('2026-11-01T16:00:00Z'),
    );
  });
});

describe('The looks of a year', () => {
  it.each([
    'America/Denver',
    'Europe/Berlin',
    'Africa/Cairo', // at midnight
    'Australia/Lord_Howe', // by half an hour
    'Antarctica/Troll', // by two hours
    'Pacific/Chatham',
  ])('begin each day at the chosen time, also as the clocks change in %s, and none is at night', (zone) => {
    const settings = { days_before: [], days_after: [0], send_at: '09:00' };
    const first = new Map<string, string>();
    let now = new Date('2026-01-01T00:00:00Z');
    while (now < new Date('2027-01-01T00:00:00Z')) {
      const time = timeInZone(now, zone);
      const [step] = dueSteps(settings, now, zone);
      expect(step !== undefined).toBe(time >= '09:00' && time < '21:00');
      if (step && !first.has(step.dueOn)) first.set(step.dueOn, time);
      const next = nextLook(settings, now, zone);
      expect(next.getTime()).toBeGreaterThan(now.getTime());
      now = next;
    }
    const days = Array.from({ length: 363 }, (_, day) => addDays('2026-01-02', day));
    expect(days.filter((day) => first.get(day) !== '09:00')).toEqual([]);
  });
});

describe('The next look', () => {
  it.each([
    { now: '2026-06-10T15:00:00Z', next: '2026-06-10T16:00:00Z', why: 'an hour later by day' },
    { now: '2026-06-11T02:30:00Z', next: '2026-06-11T15:00:00Z', why: 'not within the night' },
    { now: '2026-06-11T05:00:00Z', next: '2026-06-11T15:00:00Z', why: 'in the morning after a night' },
    { now: '2026-06-11T12:00:00Z', next: '2026-06-11T15:00:00Z', why: 'not before the time that was chosen' },
  ])('after $now is at $next: $why', ({ now, next }) => {
    expect(nextLook(SETTINGS, new Date(now), DENVER)).toEqual(new Date(next));
  });
});

describe('A step that waits', () => {
  it('is too late three days after its day', () => {
    const step = { dueOn: '2026-06-10', offsetDays: 7 };
    expect(isTooLate(step, '2026-06-19')).toBe(false);
    expect(isTooLate(step, '2026-06-20')).toBe(true);
  });

  it.each([
    { offset: -3, name: 'before_3' },
    { offset: 0, name: 'due' },
    { offset: 7, name: 'after_7' },
    { offset: null, name: 'by_hand' },
  ])('of $offset days is called $name', ({ offset, name }) => {
    expect(stepName(offset)).toBe(name);
  });
});
