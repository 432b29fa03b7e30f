import { describe, expect, it } from 'vitest';
import { apportion } from './apportion.js';

describe('Splitting an amount by largest remainder', () => {
  it.each([
    { cents: 100, weights: [1, 1, 1], parts: [34, 33, 33] },
    { cents: 1000, weights: [700, -200, 500], parts: [700, -200, 500] },
    { cents: 5, weights: [10, -5], parts: [10, -5] },
    { cents: 0, weights: [3, -3], parts: [0, 0] },
  ])('$cents over $weights is $parts', ({ cents, weights, parts }) => {
    expect(apportion(cents, weights)).toEqual(parts);
  });

  it('keeps to whole yen', () => {
    expect(apportion(10_000, [1, 1, 1], 100)).toEqual([3_400, 3_300, 3_300]);
  });

  it('refuses weights that come to nothing', () => {
    expect(() => apportion(10, [5, -5])).toThrow(RangeError);
  });
});
