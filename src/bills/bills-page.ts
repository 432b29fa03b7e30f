import { DomainError } from '../platform/errors/domain-error.js';
import type { Page } from '../platform/http/page.dto.js';
import type { BillsQuery, BillView } from './bill.dto.js';

/** A page of bills in the order that is asked for; those without a due day come last. A bad cursor answers 400. */
export function billsPage(bills: readonly BillView[], { sort, limit, cursor }: BillsQuery): Page<BillView> {
  const sorted = bills.toSorted(comparing(sort));
  const from = cursor === undefined ? 0 : sorted.findIndex(({ id }) => id === idIn(cursor)) + 1;
  if (cursor !== undefined && from === 0) {
    throw new DomainError(
      'bad_request',
      'malformed_cursor',
      'Use next_cursor of the page before, unchanged.',
    );
  }
  const items = sorted.slice(from, from + limit);
  const last = from + limit < sorted.length ? items.at(-1) : undefined;
  return { items, next_cursor: last ? Buffer.from(`id:${last.id}`).toString('base64url') : null };
}

function comparing(sort: BillsQuery['sort']): (one: BillView, other: BillView) => number {
  const sign = sort.startsWith('-') ? -1 : 1;
  const day = (bill: BillView): string | null => (sort.endsWith('due_on') ? bill.due_on : bill.txn_on);
  return (one, other) => {
    const [a, b] = [day(one), day(other)];
    if (a === null || b === null)
      return Number(a === null) - Number(b === null) || one.id.localeCompare(other.id);
    return sign * a.localeCompare(b) || sign * one.id.localeCompare(other.id);
  };
}

function idIn(cursor: string): string | undefined {
  return /^id:(.+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
}
