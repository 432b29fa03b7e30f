import { describe, expect, it } from 'vitest';
import { readsADay } from './reads-a-day.js';

describe('What people of one organisation may have read of QuickBooks in a day', () => {
  it.each([
    [1_000, 2_000],
    [500_000, 2_000],
    [5_000_000, 20_000],
  ])('is, of a budget of %i reads a month, %i', (budget, reads) => {
    expect(readsADay(budget)).toBe(reads);
  });
});
