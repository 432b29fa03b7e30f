import { isGone, type RefundState } from './refund-state.js';

/** What tells which refund is which. */
export interface KnownRefund {
  id: number;
  stripeRefundId: string | null;
  requestKey: string | null;
  amountCents: number;
  state: RefundState;
  madeAt: Date;
}

/** A refund as one of Stripe's events names it. */
export interface NamedRefund {
  refundId: string;
  requestKey: string | null;
  amountCents: number;
  madeAt: Date;
}

/** How a named refund meets the rows: it is one of them, or new; rows that stood for it shrink by as much. */
export type RefundIdentity =
  { kind: 'known'; id: number } | { kind: 'new'; shrink: { id: number; byCents: number }[] };

/**
 * Which row a refund is that Stripe names by its id. `charge.refunded` tells only the sum, so a row without an id may
 * stand for it already: one of exactly its amount is taken for it, else such rows shrink. Pure.
 */
export function identify(named: NamedRefund, rows: readonly KnownRefund[]): RefundIdentity {
  const own =
    rows.find((row) => row.stripeRefundId === named.refundId) ??
    rows.find(
      (row) => row.stripeRefundId === null && row.requestKey !== null && row.requestKey === named.requestKey,
    );
  if (own) return { kind: 'known', id: own.id };
  const nameless = rows.filter((row) => isNameless(row) && row.madeAt >= named.madeAt);
  const same = nameless.find((row) => row.amountCents === named.amountCents);
  if (same) return { kind: 'known', id: same.id };
  const shrink: { id: number; byCents: number }[] = [];
  let left = named.amountCents;
  for (const { id, amountCents } of nameless) {
    const byCents = Math.min(left, amountCents);
    if (byCents > 0) shrink.push({ id, byCents });
    left -= byCents;
  }
  return { kind: 'new', shrink };
}

/**
 * What of the sum Stripe says was refunded of a charge no row accounts for. A refund with an id accounts for itself
 * also after it failed: the sum may be from before or after. Pure; never negative.
 */
export function unaccountedCents(refundedCents: number, rows: readonly KnownRefund[]): number {
  const accounted = rows
    .filter((row) => row.stripeRefundId !== null || row.state === 'requested' || isGone(row.state))
    .reduce((sum, row) => sum + row.amountCents, 0);
  return Math.max(refundedCents - accounted, 0);
}

/** True of a row that stands for a sum alone: its state is a guess, which nobody reported. Pure. */
export function isNameless({
  stripeRefundId,
  requestKey,
  state,
}: Pick<KnownRefund, 'stripeRefundId' | 'requestKey' | 'state'>): boolean {
  return stripeRefundId === null && requestKey === null && isGone(state);
}
