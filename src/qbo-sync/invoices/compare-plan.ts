import { IDS_PER_QUERY_MAX, ROWS_PER_PAGE_MAX } from '../client/query.js';

/** Up to so many questions by id it is not worth asking how many invoices there are. */
const ID_CALLS_WITHOUT_COUNTING = 2;

/** What asking for these invoices by their ids costs, in calls. */
export function callsById(invoices: number): number {
  return Math.ceil(invoices / IDS_PER_QUERY_MAX);
}

/** Whether it can pay to read the company's list of invoices instead, so that its length should be asked for. */
export function worthCounting(linked: number): boolean {
  return callsById(linked) > ID_CALLS_WITHOUT_COUNTING;
}

/**
 * Where each page of the company's list starts, counted from 1, when reading all of it costs fewer calls than asking
 * for the linked invoices by id; else none. `listed` is how long the list is.
 */
export function pagesToRead(linked: number, listed: number): number[] {
  const pages = Math.max(Math.ceil(listed / ROWS_PER_PAGE_MAX), 1);
  if (pages >= callsById(linked)) return [];
  return Array.from({ length: pages }, (_, index) => index * ROWS_PER_PAGE_MAX + 1);
}
