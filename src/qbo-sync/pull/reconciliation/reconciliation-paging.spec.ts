import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  callsById,
  furtherPages,
  worthPassingOver,
  worthReading,
  worthReadingWhole,
} from './reconciliation-paging.js';

describe('Comparing all invoices', () => {
  it.each([
    [1, false],
    [200, false],
    [201, true],
    [10_000, true],
  ])('of %i linked ones looks at the list: %s', (linked, reads) => {
    expect(worthReading(linked)).toBe(reads);
  });

  it.each([
    [9_000, 10_000, 9],
    [9_000, 10_001, 10],
    [9_000, 90_000, 89],
    [9_000, 91_000, 0],
    [300, 3_000, 2],
    [300, 3_001, 0],
    [300, 1_000, 0],
    [0, 10_000, 0],
  ])('of %i yet to find among %i reads %i further pages', (rest, listed, pages) => {
    expect(furtherPages(rest, listed)).toHaveLength(pages);
  });

  it.each([
    [0, 300, true],
    [100, 300, true],
    [101, 300, false],
    [300, 300, false],
    [1_000, 10_000, true],
    [1_001, 10_000, false],
  ])('with %i that are news for certain of %i reads the facts first: %s', (unknowable, linked, passes) => {
    expect(worthPassingOver(unknowable, linked)).toBe(passes);
  });

  it.each([
    [0, false],
    [100, false],
    [101, true],
  ])('with %i news on a page of facts reads it whole: %s', (unknown, reads) => {
    expect(worthReadingWhole(unknown)).toBe(reads);
  });

  it('takes whichever way costs fewer calls, and its pages follow the first without a gap', () => {
    assert(
      property(integer({ min: 0, max: 50_000 }), integer({ min: 1000, max: 500_000 }), (rest, listed) => {
        const byPages = Math.ceil(listed / 1000) - 1;
        const pages = byPages < callsById(rest) ? byPages : 0;
        expect(furtherPages(rest, listed)).toEqual(
          Array.from({ length: pages }, (_, page) => (page + 1) * 1000 + 1),
        );
      }),
    );
  });
});
