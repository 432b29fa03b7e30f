import { describe, expect, it } from 'vitest';
import { walkPages } from '../../api/page-walk.js';
import { PageLength } from './page-length.js';

/** Reads a list some of whose documents are long, and answers how many reads it took; those in vain count. */
async function readsOf(sizes: readonly number[]): Promise<{ reads: number; read: number }> {
  const length = new PageLength();
  let reads = 0;
  const list = async (start: number): Promise<{ ids: string[]; full: boolean }> => {
    for (;;) {
      reads += 1;
      const page = sizes.slice(start - 1, start - 1 + length.rows);
      if (page.reduce((sum, size) => sum + size, 0) <= 10_000) {
        const full = page.length >= length.rows;
        length.noteRead();
        return { ids: page.map((_, index) => String(start + index)), full };
      }
      if (!length.shorten()) throw new Error('longer than is taken in');
    }
  };
  const ids = new Set<string>();
  for await (const { page } of walkPages(list, (one) => one.ids)) for (const id of page.ids) ids.add(id);
  return { reads, read: ids.size };
}

const small = (count: number): number[] => Array.from({ length: count }, () => 2);

describe('Pages of documents', () => {
  it('are longer again after some that are short, so that a few long documents cost a few reads', async () => {
    const { reads, read } = await readsOf([...small(500), 3_000, 3_000, 3_000, 3_000, ...small(30_000)]);
    expect(read).toBe(30_504);
    expect(reads).toBeLessThan(110); // 31 where none is long
  });

  it('are of two documents where each is nearly half of what is taken in', async () => {
    expect(await readsOf(Array.from({ length: 60 }, () => 4_500))).toMatchObject({ read: 60 });
  });

  it('are not read where one document is more than that', async () => {
    await expect(readsOf([...small(5), 10_001, ...small(5)])).rejects.toThrow('longer than is taken in');
  });
});
