import { DomainError } from '../../platform/errors/domain-error.js';

/** After which session a page of the list goes on; the newest comes first. */
export interface SessionPlace {
  readonly begunAt: Date;
  readonly id: string;
}

const SHAPE = /^(\d{13})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function cursorOf({ begunAt, id }: SessionPlace): string {
  return Buffer.from(`${begunAt.getTime()}.${id}`).toString('base64url');
}

/** The place a cursor names; undefined for none. Pure. Throws 400 for a cursor that is not ours. */
export function sessionPlace(cursor: string | undefined): SessionPlace | undefined {
  if (cursor === undefined) return undefined;
  const [, millisecond, id] = SHAPE.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (millisecond !== undefined && id !== undefined) return { begunAt: new Date(Number(millisecond)), id };
  throw new DomainError('bad_request', 'malformed_cursor', 'Use next_cursor of the page before, unchanged.');
}
