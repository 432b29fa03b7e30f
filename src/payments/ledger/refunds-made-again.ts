import { isGone, isOver, type RefundState } from './refund-state.js';

/** What tells that a refund was made in place of one that did not reach the customer. */
export interface FollowedRefund {
  id: number;
  amountCents: number;
  state: RefundState;
  madeAt: Date;
  /** By Stripe's time; null where that is not known. */
  failedAt: Date | null;
  /** By our own: when the row was written, and when it was changed last. */
  createdAt: Date;
  updatedAt: Date;
}

/**
 * Which of a payment's refunds that did not reach the customer were made again: as much went back since, each time in
 * place of one, the newest first, as one that was made again may have failed too. Answers their ids. Pure.
 */
export function refundsMadeAgain(refunds: readonly FollowedRefund[]): Set<number> {
  const left = refunds.filter(({ state }) => isGone(state));
  const failed = refunds.filter(({ state }) => isOver(state));
  const again = new Set<number>();
  for (const one of failed.toSorted((a, b) => endOf(b) - endOf(a))) {
    const index = left.findIndex((other) => other.amountCents === one.amountCents && isSince(other, one));
    if (index === -1) continue;
    left.splice(index, 1);
    again.add(one.id);
  }
  return again;
}

function endOf({ failedAt, updatedAt }: FollowedRefund): number {
  return (failedAt ?? updatedAt).getTime();
}

/** Stripe tells the time to the second: within the same one, what was heard of later was made later. */
function isSince(other: FollowedRefund, failed: FollowedRefund): boolean {
  return other.madeAt.getTime() > endOf(failed) || other.createdAt >= failed.updatedAt;
}
