import { describe, expect, it } from 'vitest';
import { zoneTrouble } from './zone-trouble.js';

const SUMMER = new Date('2026-07-01T04:30:00Z');
const WINTER = new Date('2026-12-01T04:30:00Z');

describe('Between the database and this process, a time zone', () => {
  it.each([
    {
      name: 'with the same clocks is no trouble',
      zone: 'America/Chicago',
      shown: ['2026-06-30 23:30', '2026-11-30 22:30'],
      problem: undefined,
    },
    {
      name: 'with summer time to one alone has other clocks',
      zone: 'America/Chicago',
      shown: ['2026-06-30 22:30', '2026-11-30 22:30'],
      problem: 'other_clocks',
    },
    {
      name: 'that the database does not know',
      zone: 'America/Chicago',
      shown: null,
      problem: 'unknown_there',
    },
    {
      name: 'that this process does not know',
      zone: 'Mars/Olympus',
      shown: ['2026-07-01 04:30', '2026-12-01 04:30'],
      problem: 'unknown_here',
    },
  ])('$name', ({ zone, shown, problem }) => {
    expect(zoneTrouble(zone, [SUMMER, WINTER], shown)?.problem).toBe(problem);
  });
});
