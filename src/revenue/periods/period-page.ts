import { DomainError } from '../../platform/errors/domain-error.js';

const SHAPE = /^month:(\d{4}-(?:0[1-9]|1[0-2]))$/;

/**
 * A page of months that are listed newest first; its cursor names the last month of the page before. Pure. Throws 400
 * for a cursor that is not ours.
 */
export function pageOfMonths<Listed extends { month: string }>(
  months: readonly Listed[],
  { limit, cursor }: { limit: number; cursor?: string },
): { months: readonly Listed[]; nextCursor: string | null } {
  const before = monthOf(cursor);
  const rest = before === undefined ? months : months.filter(({ month }) => month < before);
  const shown = rest.slice(0, limit);
  const last = rest.length > limit ? shown.at(-1) : undefined;
  return {
    months: shown,
    nextCursor: last ? Buffer.from(`month:${last.month}`).toString('base64url') : null,
  };
}

function monthOf(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const [, month] = SHAPE.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (month !== undefined) return month;
  throw new DomainError('bad_request', 'malformed_cursor', 'Use next_cursor of the page before, unchanged.');
}
