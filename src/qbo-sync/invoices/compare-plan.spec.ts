import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callsById, pagesToRead, worthCounting } from './compare-plan.js';

describe('Comparing all invoices', () => {
  it.each([
    [1, false],
    [200, false],
    [201, true],
    [10_000, true],
  ])('of %i linked ones asks for the length of the list: %s', (linked, counts) => {
    expect(worthCounting(linked)).toBe(counts);
  });

  it.each([
    [10_000, 10_000, 10],
    [10_000, 10_001, 11],
    [10_000, 99_000, 99],
    [10_000, 100_000, 0],
    [300, 2_000, 2],
    [300, 2_001, 0],
    [300, 0, 1],
  ])('of %i linked ones among %i reads %i pages', (linked, listed, pages) => {
    expect(pagesToRead(linked, listed)).toHaveLength(pages);
  });

  it('takes whichever way costs fewer calls, and its pages follow each other without a gap', () => {
    assert(
      property(integer({ min: 1, max: 50_000 }), integer({ min: 1, max: 500_000 }), (linked, listed) => {
        const starts = pagesToRead(linked, listed);
        const byPages = Math.ceil(listed / 1000);
        const pages = byPages < callsById(linked) ? byPages : 0;
        expect(starts).toEqual(Array.from({ length: pages }, (_, page) => page * 1000 + 1));
      }),
    );
  });
});
