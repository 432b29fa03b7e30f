/**
 * - `requested`: asked for here, Stripe has not answered yet
 * - `pending`: made, the bank has not taken it yet
 * - `succeeded`: the money is back with the customer
 * - `failed`: it came back to us, also after it had succeeded, or Stripe refused it
 * - `cancelled`: taken back before it arrived
 */
export const REFUND_STATES = ['requested', 'pending', 'succeeded', 'failed', 'cancelled'] as const;
export type RefundState = (typeof REFUND_STATES)[number];

const RANK: Record<RefundState, number> = { requested: 0, pending: 1, succeeded: 2, cancelled: 3, failed: 3 };

/** The state of a refund after news of it, whatever order they come in: it only goes forward. Pure. */
export function refundStateAfter(known: RefundState, reported: RefundState): RefundState {
  return RANK[reported] > RANK[known] ? reported : known;
}

/** True while the money of such a refund is not with us: it is back with the customer, or on its way there. */
export function isGone(state: RefundState): boolean {
  return state === 'pending' || state === 'succeeded';
}

/** The same as a condition of SQL on the row of a refund that has this name in the statement. */
export const goneRefundSql = (refund: string): string => `${refund}.state in ('pending', 'succeeded')`;

/** True where the money of such a refund came back to us, or never went. */
export function isOver(state: RefundState): boolean {
  return state === 'failed' || state === 'cancelled';
}

/** Stripe's word for the state of a refund. Unknown words are `pending`: it exists, and its end is not reported. */
export function refundStateOf(status: string | null): RefundState {
  switch (status) {
    case 'succeeded':
    case 'failed':
      return status;
    case 'canceled':
      return 'cancelled';
    default:
      return 'pending';
  }
}
