import type { QueryCriteria } from 'node-quickbooks';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { QboError } from './errors/qbo-error.js';
import { enteredSince, where } from './mappers/queries/criteria.js';
import { type Condition, ROWS_PER_PAGE_MAX } from './mappers/queries/query.js';
import type { Rows } from './mappers/reading/response-parser.js';
import type { ReadRows, Unreadable } from './model/unreadable.js';

/**
 * Rows that a page repeats of the one before it, or half of it where that is less: as many may be deleted meanwhile
 * before pages are read again.
 */
export const PAGE_OVERLAP = 10;

/** Where a walk is. */
export interface WalkPlace {
  /** The position that comes next, counted from 1. */
  start: number;
  /** The last ids of what was read, as many as pages overlap. */
  tail: readonly string[];
}

interface WalkStep<Page> {
  page: Page;
  /** Rows up to the end of this page. */
  rows: number;
  /** The last ids of it: with `rows` they are where to go on. */
  tail: readonly string[];
}

/**
 * Reads all pages of a list that keeps its order. Positions move while they are read: a row that is deleted on a page
 * before moves all later ones up. Promise: no row that is there all the time is left out, whatever is deleted or added
 * meanwhile; a row may come twice. A page counts only where it has a row of the end of the one before, so that nothing
 * can lie between them; else the pages before it are read again. It asks nothing of the order but that it stays: ids
 * are texts to one vendor and numbers to another, so that "all after this id" would not be safe. Pages may be longer
 * and shorter as it goes. Throws QboError `malformed` where the list does not go on, as where positions are not heeded.
 */
export async function* walkPages<Page extends { full: boolean }>(
  list: (startPosition: number) => Promise<Page>,
  idsOf: (page: Page) => readonly string[],
  from: WalkPlace = { start: 1, tail: [] },
): AsyncGenerator<WalkStep<Page>> {
  let { start, tail } = from;
  const seen = new Set<string>();
  let [size, without] = [ROWS_PER_PAGE_MAX, 0];
  for (;;) {
    const page = await list(start);
    const ids = idsOf(page);
    if (page.full) size = Math.max(1, ids.length);
    without = ids.some((id) => !seen.has(id)) ? 0 : without + Math.max(1, ids.length);
    for (const id of ids) seen.add(id);
    // Back over all that was read and forth again, up to half of each page twice, is the most that deletions ask for.
    if (without > 3 * seen.size + 2 * size) throw notGoingOn();
    if (start > 1 && !ids.some((id) => tail.includes(id))) {
      start = Math.max(1, start - size);
      continue;
    }
    const rows = start - 1 + ids.length;
    tail = tailOf(ids);
    yield { page, rows, tail };
    if (!page.full) return;
    start = placeAfter(rows, tail).start;
  }
}

/** Less than the page, so that the next one goes further. */
function tailOf(ids: readonly string[]): readonly string[] {
  return ids.slice(-Math.max(1, Math.min(PAGE_OVERLAP, Math.floor(ids.length / 2))));
}

function notGoingOn(): QboError {
  return new QboError('malformed', 'QuickBooks answers the same part of a list again and again.', {
    operation: 'pages',
  });
}

/** All rows of such a list, each once, and what of it cannot be read. */
export async function readAllPages<T extends { id: string }>(
  list: (startPosition: number) => Promise<Rows<T>>,
): Promise<ReadRows<T>> {
  const [read, unreadable] = [new Map<string, T>(), [] as Unreadable[]];
  const pageAt = async (start: number): Promise<Rows<T> & { full: boolean }> => {
    const rows = await list(start);
    return { ...rows, full: rows.count >= ROWS_PER_PAGE_MAX };
  };
  for await (const { page } of walkPages(pageAt, ({ ids }) => ids)) {
    for (const one of page.read) read.set(one.id, one);
    unreadable.push(...page.unreadable);
  }
  return { read: [...read.values()], unreadable };
}

/** All of what was entered on a day or later: one read for each thousand. */
export function rowsSince<T extends { id: string }>(
  since: CalendarDay,
  ask: (criteria: QueryCriteria) => Promise<Rows<T>>,
): Promise<ReadRows<T>> {
  return rowsOf(enteredSince(since), ask);
}

/** All rows of which this is so: one read for each thousand. */
export function rowsOf<T extends { id: string }>(
  condition: Condition,
  ask: (criteria: QueryCriteria) => Promise<Rows<T>>,
): Promise<ReadRows<T>> {
  return readAllPages((startPosition) =>
    ask(where([condition], { orderBy: 'Id', startPosition, maxResults: ROWS_PER_PAGE_MAX })),
  );
}

/** Where a walk goes on that has read so many rows, the last of them these; of no rows a tail is another list's. */
export function placeAfter(rows: number, tail: readonly string[]): WalkPlace {
  return rows === 0 || tail.length === 0 ? { start: 1, tail: [] } : { start: rows - tail.length + 1, tail };
}

/** Pages that a walk over so many rows reads, where none is deleted meanwhile. */
export function pagesOf(rows: number): number {
  return 1 + Math.max(0, Math.floor((rows - PAGE_OVERLAP) / (ROWS_PER_PAGE_MAX - PAGE_OVERLAP)));
}
