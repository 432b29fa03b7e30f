import { describe, expect, it } from 'vitest';
import { forEachConcurrent, chunk } from './for-each-concurrent.js';

describe('Parts of a list', () => {
  it.each([
    { count: 65, size: 30, sizes: [30, 30, 5] },
    { count: 60, size: 30, sizes: [30, 30] },
    { count: 1, size: 30, sizes: [1] },
    { count: 0, size: 30, sizes: [] },
  ])('of $count by $size are $sizes', ({ count, size, sizes }) => {
    const list = Array.from({ length: count }, (_, index) => index);
    const parts = chunk(list, size);
    expect(parts.map((part) => part.length)).toEqual(sizes);
    expect(parts.flat()).toEqual(list);
  });
});

describe('Work in turns', () => {
  it('begins in order, and never more at once than allowed', async () => {
    const begun: number[] = [];
    let [atWork, most] = [0, 0];
    await forEachConcurrent([1, 2, 3, 4, 5, 6, 7], 3, async (thing) => {
      begun.push(thing);
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
    });
    expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('ends with the first failure', async () => {
    const failing = forEachConcurrent([1, 2], 1, async (thing) => {
      if (thing === 1) throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
  });
});
