/** How an invoice stands, in the three words of the first integration. */
export type QboStatus = 'Paid' | 'Open' | 'Unknown';

/** How an invoice stands, in full. */
export type QboState =
  'open' | 'partially_paid' | 'overdue' | 'paid' | 'settled_by_credit' | 'voided' | 'deleted';

/** True where the invoice still stands for money: not voided, not deleted. One that was never read counts as live. */
export function isLive({ state }: { state: QboState | null }): boolean {
  return state !== 'voided' && state !== 'deleted';
}
