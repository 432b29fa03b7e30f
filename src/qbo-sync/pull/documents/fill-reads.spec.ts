import { describe, expect, it } from 'vitest';
import { fillReads } from './fill-reads.js';

describe('The reads of a first fill', () => {
  it('are 24 of an empty company: the accounts, a count and a page of each of eleven types, and the changes', () => {
    expect(fillReads({})).toBe(24);
  });

  it('are one more for each full page of a type', () => {
    expect(fillReads({ Invoice: 999, Payment: 1_000, Bill: 2_500 })).toBe(24 + 1 + 2);
  });
});
