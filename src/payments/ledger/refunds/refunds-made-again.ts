import { sumCents } from '../../../platform/money/cents.js';
import { isGone, isOver, type RefundState } from './refund-state.js';

/** What tells that a refund was made in place of one that did not reach the customer. */
export interface FollowedRefund {
  id: number;
  amountCents: number;
  state: RefundState;
  /** A person was asked about it, as it failed; not of one that was refused at once, to who waited for it. */
  isAskedAbout: boolean;
  madeAt: Date;
  /** By Stripe's time; null where that is not known. */
  failedAt: Date | null;
  /** By our own: when the row was written, and when it was changed last. */
  createdAt: Date;
  updatedAt: Date;
}

/**
 * Which of a payment's refunds that did not reach the customer were made again: as much went back since, each time in
 * place of one, the newest first, as one that was made again may have failed too. At once, or else in parts, the
 * first of those that are left. Answers their ids. Pure.
 */
export function refundsMadeAgain(refunds: readonly FollowedRefund[]): Set<number> {
  let left = refunds.filter(({ state }) => isGone(state)).toSorted((a, b) => a.id - b.id);
  const newestFirst = refunds.filter(isToReplace).toSorted((a, b) => endOf(b) - endOf(a));
  const again = new Set<number>();
  for (const inPlaceOf of [atOnce, inParts]) {
    for (const one of newestFirst.filter(({ id }) => !again.has(id))) {
      const taken = inPlaceOf(
        one.amountCents,
        left.filter((other) => isSince(other, one)),
      );
      if (taken.length === 0) continue;
      left = left.filter((other) => !taken.includes(other));
      again.add(one.id);
    }
  }
  return again;
}

function isToReplace({ state, isAskedAbout }: FollowedRefund): boolean {
  return isOver(state) && isAskedAbout;
}

function atOnce(cents: number, since: readonly FollowedRefund[]): readonly FollowedRefund[] {
  return since.filter(({ amountCents }) => amountCents === cents).slice(0, 1);
}

/** The first of them that come to exactly as much; none where they come to more or less. */
function inParts(cents: number, since: readonly FollowedRefund[]): readonly FollowedRefund[] {
  const ends = since.findIndex((_, index) => sumOf(since.slice(0, index + 1)) >= cents);
  const parts = since.slice(0, ends + 1);
  return sumOf(parts) === cents ? parts : [];
}

function sumOf(refunds: readonly FollowedRefund[]): number {
  return sumCents(refunds.map(({ amountCents }) => amountCents));
}

function endOf({ failedAt, updatedAt }: FollowedRefund): number {
  return (failedAt ?? updatedAt).getTime();
}

/** Stripe tells the time to the second: within the same one, what was heard of later was made later. */
function isSince(other: FollowedRefund, failed: FollowedRefund): boolean {
  return other.madeAt.getTime() > endOf(failed) || other.createdAt >= failed.updatedAt;
}
