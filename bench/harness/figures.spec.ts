import { describe, expect, it } from 'vitest';
import { median, percentile, readable, sum } from './figures.ts';

const HUNDRED = Array.from({ length: 100 }, (_, index) => index + 1);

describe('a percentile', () => {
  it.each([
    { values: HUNDRED, share: 0.5, is: 50 },
    { values: HUNDRED, share: 0.99, is: 99 },
    { values: HUNDRED, share: 0.991, is: 100 },
    { values: HUNDRED, share: 1, is: 100 },
    { values: HUNDRED, share: 0.001, is: 1 },
    { values: [7], share: 0.99, is: 7 },
    { values: [1, 1000], share: 0.5, is: 1 },
  ])('of share $share is $is', ({ values, share, is }) => {
    expect(percentile(values, share)).toBe(is);
  });

  it('does not depend on the order, and leaves the values as they were', () => {
    const values = [9, 10, 1];
    expect(median(values)).toBe(9);
    expect(values).toEqual([9, 10, 1]);
  });

  it('does not exist of nothing, nor of a share that is none', () => {
    expect(() => percentile([], 0.5)).toThrow('nothing');
    for (const share of [0, 1.01, Number.NaN]) expect(() => percentile([1], share)).toThrow('share');
  });
});

describe('figures', () => {
  it('add up', () => {
    expect(sum([1, 2, 3.5])).toBe(6.5);
    expect(sum([])).toBe(0);
  });

  it.each([
    [20_412.7, '20,413'],
    [99.96, '100'],
    [12.34, '12.3'],
    [1.234, '1.23'],
    [0, '0'],
  ])('%d reads as %s', (value, text) => {
    expect(readable(value)).toBe(text);
  });
});
