import { DomainError } from '../platform/errors/domain-error.js';
import { type CalendarDay, isCalendarDay } from '../platform/time/calendar-day.js';

/** Where a page of a report's documents ended: a day, and what tells the document from the others of that day. */
export interface ReportPosition {
  day: CalendarDay;
  key: string;
}

/** Pure. */
export function reportCursor({ day, key }: ReportPosition): string {
  return Buffer.from(`${day} ${key}`).toString('base64url');
}

/** Null for the first page. A cursor that is none of ours answers 400. Pure. */
export function reportPosition(cursor: string | undefined): ReportPosition | null {
  if (cursor === undefined) return null;
  const [, day = '', key = ''] = /^(\S{10}) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (isCalendarDay(day)) return { day, key };
  throw malformed();
}

/** The same where the rows of a day are told apart by their ids. */
export function idPosition(cursor: string | undefined): ReportPosition | null {
  const position = reportPosition(cursor);
  if (position !== null && !/^\d{1,15}$/.test(position.key)) throw malformed();
  return position;
}

function malformed(): DomainError {
  return new DomainError('bad_request', 'malformed_cursor', 'Use next_cursor of the page before, unchanged.');
}
