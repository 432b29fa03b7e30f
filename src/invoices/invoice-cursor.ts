import { DomainError } from '../platform/errors/domain-error.js';

/** Where a page ended: what its last row is sorted by, and its id. */
export interface InvoicePosition {
  key: string;
  id: number;
}

/** A cursor says in which order it was made: it is of no use in another. */
export function invoiceCursorOf(sort: string, { key, id }: InvoicePosition): string {
  return Buffer.from(JSON.stringify([sort, key, id])).toString('base64url');
}

/** Where the page before ended; undefined for the first. A cursor that is not ours answers 400. */
export function positionOf(sort: string, cursor: string | undefined): InvoicePosition | undefined {
  if (cursor === undefined) return undefined;
  const [madeFor, key, id] = parsed(cursor);
  if (madeFor === sort && typeof key === 'string' && Number.isSafeInteger(id))
    return { key, id: id as number };
  throw new DomainError(
    'bad_request',
    'malformed_cursor',
    'Use next_cursor of the page before, unchanged, with the same sort.',
  );
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
