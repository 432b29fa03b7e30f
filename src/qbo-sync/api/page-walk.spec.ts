import { array, asyncProperty, assert, constantFrom, integer, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pagesOf, PAGE_OVERLAP, placeAfter, walkPages } from './page-walk.js';

const PAGE = 1_000;
const idsOf = ({ ids }: { ids: string[] }): string[] => ids;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

/** A list that something happens to after each page, as vendors' lists do. */
function changingList(rows: string[], after: (page: number) => void = () => {}) {
  let pages = 0;
  return async (start: number) => {
    const ids = rows.slice(start - 1, start - 1 + PAGE);
    after((pages += 1));
    return { ids, full: ids.length >= PAGE };
  };
}

async function walked(list: ReturnType<typeof changingList>, from?: Parameters<typeof walkPages>[2]) {
  const ids = new Set<string>();
  let pages = 0;
  for await (const { page } of walkPages(list, idsOf, from)) {
    pages += 1;
    for (const id of page.ids) ids.add(id);
  }
  return { ids, pages };
}

describe('A walk over the pages of a list', () => {
  it.each([0, 1, 9, 10, 999, 1_000, 1_001, 1_989, 1_990, 1_991, 2_500, 10_000])(
    'reads %i rows in as many pages as it was said to',
    async (count) => {
      const { ids, pages } = await walked(changingList(numbered(count)));
      expect([...ids]).toEqual(numbered(count));
      expect(pages).toBe(pagesOf(count));
    },
  );

  it.each([
    ['one', 1],
    ['all but one of the rows that pages share', PAGE_OVERLAP - 1],
    ['as many as pages share', PAGE_OVERLAP],
    ['nearly a page', PAGE - 1],
  ])('leaves out nothing where %s of the first page is deleted before the second', async (_, gone) => {
    const rows = numbered(2_500);
    const { ids } = await walked(changingList(rows, (page) => page === 1 && rows.splice(0, gone)));
    expect(rows.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('leaves out nothing where the end of a page is deleted, with all that followed it', async () => {
    const rows = numbered(2_500);
    const { ids } = await walked(changingList(rows, (page) => page === 2 && rows.splice(1_500)));
    expect(rows.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('leaves out nothing that was there all the time, whatever is deleted and added meanwhile', async () => {
    const change = record({
      page: integer({ min: 1, max: 4 }),
      at: integer({ min: 0, max: 3_000 }),
      count: integer({ min: 1, max: 700 }),
      kind: constantFrom('delete', 'add'),
    });
    await assert(
      asyncProperty(array(change, { maxLength: 6 }), async (changes) => {
        const rows = numbered(3_200);
        const there = new Set(rows);
        const list = changingList(rows, (page) => {
          for (const { at, count, kind } of changes.filter((one) => one.page === page)) {
            if (kind === 'delete') for (const id of rows.splice(at, count)) there.delete(id);
            else rows.splice(at, 0, ...numbered(count).map((id) => `new ${page}-${at}-${id}`));
          }
        });
        const { ids } = await walked(list);
        expect([...there].filter((id) => !ids.has(id))).toEqual([]);
      }),
    );
  });

  it('goes back by no more than a page where pages are short, and more is deleted than they share', async () => {
    const rows = numbered(5_000);
    const asked: number[] = [];
    const list = async (start: number) => {
      const ids = rows.slice(start - 1, start + 99);
      if (asked.push(start) === 40) rows.splice(100, 2 * PAGE_OVERLAP);
      return { ids, full: ids.length >= 100 };
    };
    const { ids } = await walked(list);
    expect(rows.filter((id) => !ids.has(id))).toEqual([]);
    expect(asked.length).toBeLessThan(60);
  });

  it('goes back to the beginning where it must, however many shorter pages that takes', async () => {
    const rows = numbered(8_000);
    let isShort = false;
    const list = async (start: number) => {
      const size = isShort ? 100 : PAGE;
      const ids = rows.slice(start - 1, start - 1 + size);
      if (!isShort && start > 6_000) {
        rows.splice(0, 4_500);
        isShort = true;
      }
      return { ids, full: ids.length >= size };
    };
    const { ids } = await walked(list);
    expect(rows.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('goes on where pages come to have no more rows than pages share', async () => {
    const rows = numbered(1_050);
    const list = async (start: number) => {
      const size = start === 1 ? PAGE : 2;
      const ids = rows.slice(start - 1, start - 1 + size);
      return { ids, full: ids.length >= size };
    };
    const { ids } = await walked(list);
    expect([...ids]).toEqual(rows);
  });

  it('ends where the list answers its first page whatever position it is asked for', async () => {
    const first = numbered(PAGE);
    let pages = 0;
    const list = async () => {
      pages += 1;
      return { ids: first, full: true };
    };
    await expect(walked(list)).rejects.toThrow('the same part of a list again and again');
    expect(pages).toBeLessThan(8);
  });

  it('ends where no page after the first has a row of the one before', async () => {
    const list = async (start: number) => ({ ids: start === 1 ? numbered(PAGE) : ['x'], full: true });
    await expect(walked(list)).rejects.toThrow('the same part of a list again and again');
  });

  it('begins with the first row where none was read, whatever tail the list before it left', () => {
    expect(placeAfter(0, numbered(PAGE_OVERLAP))).toEqual({ start: 1, tail: [] });
  });

  it('that was cut off goes on where it was, and where that is not to be found, from the beginning', async () => {
    const rows = numbered(2_500);
    const place = placeAfter(1_000, rows.slice(990, 1_000));
    const rest = await walked(changingList(rows), place);
    expect([rest.ids.has('990'), rest.ids.has('991'), rest.ids.has('2500')]).toEqual([false, true, true]);
    const moved = rows.slice(400);
    const again = await walked(changingList(moved), place);
    expect(moved.filter((id) => !again.ids.has(id))).toEqual([]);
    expect(placeAfter(0, [])).toEqual({ start: 1, tail: [] });
  });
});
