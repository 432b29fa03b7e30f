import { IDS_PER_QUERY_MAX, ROWS_PER_PAGE_MAX } from '../../api/mappers/queries/query.js';

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

/**
 * Whether pages of the company's list are read by the compared facts alone, and what is news asked for by its id: a
 * fifth of the bytes, for at most one call more a page. Not where too many of the `linked` invoices are news for
 * certain.
 */
export function worthPassingOver(unknowable: number, linked: number): boolean {
  return callsById(unknowable) <= Math.ceil(linked / ROWS_PER_PAGE_MAX);
}

/** Whether a page that was read by the facts alone, with so many news, is better read once more as a whole. */
export function worthReadingWhole(unknown: number): boolean {
  return callsById(unknown) > 1;
}
