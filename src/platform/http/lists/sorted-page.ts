import { DomainError } from '../../errors/domain-error.js';
import type { Page } from './page.dto.js';

/** One thing a list can be sorted by: its SQL, which is never null. */
export interface SortKey {
  readonly sql: string;
  readonly type: 'bigint' | 'text' | 'timestamptz';
}

/** Where a page ended: what its last row is sorted by, and its id. */
export interface SortPosition {
  key: string;
  id: number;
}

/** `-` before the name of a key means downwards. */
export interface SortedWindow {
  sort: string;
  after?: SortPosition;
  limit: number;
}

interface SortClauses {
  /** What is selected as the row's key. */
  key: string;
  /** True of the rows after the position. */
  after: string;
  orderBy: string;
}

const KEY_TEXT: Readonly<Record<SortKey['type'], (sql: string) => string>> = {
  bigint: (sql) => `(${sql})::text`,
  text: (sql) => sql,
  timestamptz: (sql) => `to_char(${sql} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
};

const IS_KEY: Readonly<Record<SortKey['type'], (key: string) => boolean>> = {
  bigint: (key) => /^-?\d{1,18}$/.test(key),
  text: (key) => !key.includes('\0'),
  timestamptz: isInstant,
};

/** Each key upwards and downwards, as `?sort` takes them. */
export function sortsBy<Key extends string>(...keys: readonly Key[]): (Key | `-${Key}`)[] {
  return keys.flatMap((key): (Key | `-${Key}`)[] => [key, `-${key}`]);
}

/**
 * The parts of a statement that reads a page in order. Ties go by id, in the same direction, so that each row stands on
 * one page. `parameter` takes a value and answers its place in the statement.
 */
export function sortClauses(
  keys: Readonly<Record<string, SortKey>>,
  { sort, after }: Omit<SortedWindow, 'limit'>,
  parameter: (value: unknown) => string,
): SortClauses {
  const { sql, type } = keyOf(keys, sort);
  const id = keys.id!.sql;
  const [compare, direction] = sort.startsWith('-') ? ['<', 'desc'] : ['>', 'asc'];
  const isById = sql === id;
  return {
    key: KEY_TEXT[type](sql),
    after: after
      ? isById
        ? `${id} ${compare} ${parameter(after.id)}::bigint`
        : `(${sql}, ${id}) ${compare} (${parameter(after.key)}::${type}, ${parameter(after.id)}::bigint)`
      : 'true',
    orderBy: `${isById ? '' : `${sql} ${direction}, `}${id} ${direction}`,
  };
}

/** Where the page before ended; undefined for the first. A cursor of another order, or not of ours, answers 400. */
export function sortPosition(
  keys: Readonly<Record<string, SortKey>>,
  { sort, cursor }: { sort: string; cursor?: string },
): SortPosition | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const byId = sort === 'id' ? /^id:(\d{1,15})$/.exec(text) : null;
  if (byId) return { key: byId[1]!, id: Number(byId[1]) };
  const [madeFor, key, id] = parsed(text);
  const isKey = typeof key === 'string' && IS_KEY[keyOf(keys, sort).type](key);
  if (madeFor === sort && isKey && Number.isSafeInteger(id)) return { key, id: id as number };
  throw new DomainError(
    'bad_request',
    'malformed_cursor',
    'Use next_cursor of the page before, unchanged, with the same sort.',
  );
}

/** Cuts rows fetched with `limit + 1` into a page; the extra row only tells that there is more. */
export function sortedPageOf<Row extends SortPosition, Item>(
  rows: readonly Row[],
  { limit, sort }: { limit: number; sort: string },
  view: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(view), next_cursor: last ? cursorOf(sort, last) : null };
}

/** A cursor says in which order it was made: it is of no use in another. */
function cursorOf(sort: string, { key, id }: SortPosition): string {
  return Buffer.from(sort === 'id' ? `id:${id}` : JSON.stringify([sort, key, id])).toString('base64url');
}

function keyOf(keys: Readonly<Record<string, SortKey>>, sort: string): SortKey {
  const key = keys[sort.replace('-', '')];
  if (!key) throw new Error(`Nothing is known to sort by ${sort}.`);
  return key;
}

/** An instant that PostgreSQL has too: its years begin with the first, those of JavaScript with the year 0. */
function isInstant(text: string): boolean {
  if (text.startsWith('0000')) return false;
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text) ? new Date(text) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 19) === text.slice(0, 19);
}

function parsed(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
