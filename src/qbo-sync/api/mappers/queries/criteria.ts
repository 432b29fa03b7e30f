import type { QueryCriteria } from 'node-quickbooks';
import { chunk } from '../../../../platform/concurrency/for-each-concurrent.js';
import { addDays, type CalendarDay } from '../../../../platform/time/calendar-day.js';
import type { ReadRows } from '../../model/unreadable.js';
import { type Condition, IDS_PER_QUERY_MAX, ROWS_PER_PAGE_MAX, whereClause } from './query.js';

export const ACTIVE_OR_NOT: Condition = ['Active', [true, false]];
export const ALL_ROWS = { maxResults: ROWS_PER_PAGE_MAX };

/** A statement of ours. The SDK's types know only its own builder; its code takes text as it is. */
export function where(...parts: Parameters<typeof whereClause>): QueryCriteria {
  return whereClause(...parts) as unknown as QueryCriteria;
}

/**
 * What was entered on a day or later, however it is dated and whoever's it is by now: a bookkeeper can give a document
 * another date and another customer, and never another instant at which it was entered. The day may be of any zone.
 */
export function enteredSince(day: CalendarDay): Condition {
  return ['MetaData.CreateTime', new Date(`${addDays(day, -1)}T00:00:00Z`), '>='];
}

/** What was entered or changed since an instant of QuickBooks' time. */
export function changedSince(since: Date): Condition {
  return ['MetaData.LastUpdatedTime', since, '>='];
}

/** Asks for distinct ids, a hundred to a statement, one statement after the other. */
export async function rowsByHundreds<T>(
  ids: readonly string[],
  ask: (criteria: QueryCriteria) => Promise<ReadRows<T>>,
): Promise<ReadRows<T>> {
  const rows: ReadRows<T> = { read: [], unreadable: [] };
  for (const some of chunk([...new Set(ids)], IDS_PER_QUERY_MAX)) {
    const { read, unreadable } = await ask(where([['Id', some]], { maxResults: IDS_PER_QUERY_MAX }));
    rows.read.push(...read);
    rows.unreadable.push(...unreadable);
  }
  return rows;
}
