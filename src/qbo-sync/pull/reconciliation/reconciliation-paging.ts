import { IDS_PER_QUERY_MAX, ROWS_PER_PAGE_MAX } from '../../api/mappers/query.js';

/** Up to so many questions by id the company's list is not looked at. */
const FEW_CALLS = 2;

/** What asking for these invoices by their ids costs, in calls. */
export function callsById(invoices: number): number {
  return Math.ceil(invoices / IDS_PER_QUERY_MAX);
}

/**
 * Whether the first page of the company's list is worth a look: where it is all of it, one call tells of everything.
 */
export function worthReading(linked: number): boolean {
  return callsById(linked) > FEW_CALLS;
}

/**
 * Where each further page of the company's list starts, counted from 1, when reading the rest of it costs fewer calls
 * than asking by id for the `rest` of the linked invoices; else none. `listed` is how long the whole list is.
 */
export function furtherPages(rest: number, listed: number): number[] {
  const pages = Math.max(Math.ceil(listed / ROWS_PER_PAGE_MAX) - 1, 0);
  if (pages >= callsById(rest)) return [];
  return Array.from({ length: pages }, (_, index) => (index + 1) * ROWS_PER_PAGE_MAX + 1);
}
