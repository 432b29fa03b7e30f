import { isGone, isOver, type RefundState } from './refund-state.js';
import { sumCents } from '../../../platform/money/cents.js';

/** What tells which refund is which. */
export interface KnownRefund {
  id: number;
  stripeRefundId: string | null;
  requestKey: string | null;
  amountCents: number;
  state: RefundState;
  madeAt: Date;
  /** When it failed or was taken back; null where that is not known. */
  failedAt: Date | null;
}

/** A refund as one of Stripe's events names it. */
export interface NamedRefund {
  refundId: string;
  requestKey: string | null;
  amountCents: number;
  madeAt: Date;
}

/** How a named refund meets the rows: it is one of them, or new. */
export type RefundIdentity = ({ kind: 'known'; id: number } | { kind: 'new' }) & {
  /** Rows that stood for it, and by how much each shrinks. */
  shrink: { id: number; byCents: number }[];
};

/**
 * Which row a refund is that Stripe names by its id. `charge.refunded` tells only the sum, so a row without an id may
 * stand for it already: one of exactly its amount is taken for it, else such rows shrink. So they do for one that was
 * asked for here and counted as failed: the sum is told beside that. Pure.
 */
export function identify(named: NamedRefund, rows: readonly KnownRefund[]): RefundIdentity {
  const own =
    rows.find((row) => row.stripeRefundId === named.refundId) ??
    rows.find(
      (row) => row.stripeRefundId === null && row.requestKey !== null && row.requestKey === named.requestKey,
    );
  const nameless = rows.filter((row) => isNameless(row) && row.madeAt >= named.madeAt);
  if (own) return { kind: 'known', id: own.id, shrink: isGivenUp(own) ? shrinkBy(named, nameless) : [] };
  const same = nameless.find((row) => row.amountCents === named.amountCents);
  if (same) return { kind: 'known', id: same.id, shrink: [] };
  return { kind: 'new', shrink: shrinkBy(named, nameless) };
}

function shrinkBy(
  { amountCents: cents }: NamedRefund,
  rows: readonly KnownRefund[],
): RefundIdentity['shrink'] {
  const shrink: RefundIdentity['shrink'] = [];
  let left = cents;
  for (const { id, amountCents } of rows) {
    const byCents = Math.min(left, amountCents);
    if (byCents > 0) shrink.push({ id, byCents });
    left -= byCents;
  }
  return shrink;
}

/** True of one that Stripe has not named, and that counts as failed by what it answered or did not show. Pure. */
export function isGivenUp({ stripeRefundId, state }: Pick<KnownRefund, 'stripeRefundId' | 'state'>): boolean {
  return stripeRefundId === null && isOver(state);
}

const OUTSIDE = 'outside-';

/** The key of a row of money that a person gave back in another way than by Stripe. */
export function outsideKey(own: string): string {
  return `${OUTSIDE}${own}`;
}

/** True of such a row: Stripe knows nothing of it. Pure. */
function isOutside({ requestKey }: KnownRefund): boolean {
  return requestKey?.startsWith(OUTSIDE) ?? false;
}

/**
 * What of the sum that Stripe told of a charge at an instant no row accounts for. A refund with an id that failed since
 * accounts for itself; one that had failed by then does not. Pure; never negative.
 */
export function unaccountedCents(
  refundedCents: number,
  rows: readonly KnownRefund[],
  reportedAt: Date,
): number {
  const accounted = sumOf(
    rows.filter(
      (row) =>
        !isOutside(row) && (row.state === 'requested' || isGone(row.state) || hadNotFailed(row, reportedAt)),
    ),
  );
  return Math.max(refundedCents - accounted, 0);
}

/**
 * Whether the rows come to another sum than Stripe told: events were missed or came in another order, so that the
 * refunds themselves have to be read. Pure.
 */
export function isOtherSum(refundedCents: number, rows: readonly KnownRefund[]): boolean {
  return sumOf(rows.filter((row) => isGone(row.state) && !isOutside(row))) !== refundedCents;
}

/** Stripe tells the time to the second: what happened within the same one may have been before or after. */
function hadNotFailed({ stripeRefundId, failedAt }: KnownRefund, reportedAt: Date): boolean {
  return stripeRefundId !== null && (failedAt === null || failedAt.getTime() >= reportedAt.getTime());
}

function sumOf(rows: readonly KnownRefund[]): number {
  return sumCents(rows.map((row) => row.amountCents));
}

/** True of a row that stands for a sum alone: its state is a guess, which nobody reported. Pure. */
export function isNameless({
  stripeRefundId,
  requestKey,
  state,
}: Pick<KnownRefund, 'stripeRefundId' | 'requestKey' | 'state'>): boolean {
  return stripeRefundId === null && requestKey === null && isGone(state);
}
