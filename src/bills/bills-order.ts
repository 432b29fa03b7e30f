import { DomainError } from '../platform/errors/domain-error.js';
import { type CalendarDay, isCalendarDay } from '../platform/time/calendar-day.js';
import { type Bill, billId } from './bill.js';

export const BILL_SORTS = ['-txn_on', 'txn_on', 'due_on', '-due_on'] as const;
export type BillsSort = (typeof BILL_SORTS)[number];

/** Where a page ended: the day that bills are sorted by, null of one without, and the bill's id. */
export interface BillPosition {
  day: CalendarDay | null;
  id: string;
}

/** Which bills of those that fit: the next so many after one, in an order. */
export interface BillsOrder {
  sort?: BillsSort;
  after?: BillPosition;
  limit?: number;
}

/** Pure. */
export function billPosition(sort: BillsSort, bill: Omit<Bill, 'lines'>): BillPosition {
  return { day: sort.endsWith('due_on') ? bill.dueOn : bill.txnOn, id: billId(bill) };
}

/** A cursor says in which order it was made: it is of no use in another. Pure. */
export function billCursor(sort: BillsSort, { day, id }: BillPosition): string {
  return Buffer.from(`${sort} ${day ?? 'none'} ${id}`).toString('base64url');
}

/** Undefined for the first page. A cursor of another order, or not of ours, answers 400. Pure. */
export function positionIn(sort: BillsSort, cursor: string | undefined): BillPosition | undefined {
  if (cursor === undefined) return undefined;
  const [madeFor, day, id, ...more] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const isDay = day === 'none' || (day !== undefined && isCalendarDay(day));
  if (madeFor === sort && isDay && id !== undefined && /^[a-z]+-\d+$/.test(id) && more.length === 0) {
    return { day: day === 'none' ? null : day, id };
  }
  throw new DomainError(
    'bad_request',
    'malformed_cursor',
    'Use next_cursor of the page before, unchanged, with the same sort.',
  );
}
