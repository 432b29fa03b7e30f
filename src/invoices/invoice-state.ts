/** How an invoice stands, in the three words of the first integration. */
export const QBO_STATUSES = ['Paid', 'Open', 'Unknown'] as const;
export type QboStatus = (typeof QBO_STATUSES)[number];

/** How an invoice stands, in full. */
export const QBO_STATES = [
  'open',
  'partially_paid',
  'overdue',
  'paid',
  'settled_by_credit',
  'voided',
  'deleted',
] as const;
export type QboState = (typeof QBO_STATES)[number];

/** True where the invoice still stands for money: not voided, not deleted. One that was never read counts as live. */
export function isLive({ state }: { state: QboState | null }): boolean {
  return state !== 'voided' && state !== 'deleted';
}

/** The same as a condition of SQL on the row of an invoice that has this name in the statement. */
export const liveInvoiceSql = (invoice: string): string =>
  `coalesce(${invoice}.state, 'open') not in ('voided', 'deleted')`;

/** Money is still owed on it, as QuickBooks has it: a condition of SQL on the row of an invoice of this name. */
export const owingInvoiceSql = (invoice: string): string =>
  `${invoice}.state in ('open', 'partially_paid', 'overdue')`;

/**
 * By which of its generations an entry is billed: the newest that stands, and where none does the newest. A bookkeeper
 * can undo the void of an earlier one. Null where there is none.
 */
export function standingInvoice<I extends { generation: number; state: QboState | null }>(
  generations: readonly I[],
): I | null {
  const [first] = generations.toSorted(
    (one, other) => Number(isLive(other)) - Number(isLive(one)) || other.generation - one.generation,
  );
  return first ?? null;
}
