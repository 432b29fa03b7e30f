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
