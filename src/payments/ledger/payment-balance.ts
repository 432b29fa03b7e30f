import { sumCents } from '../../platform/money/cents.js';
import type { DisputeState } from './disputes/dispute-state.js';
import { isGone, type RefundState } from './refunds/refund-state.js';

/** What decides what is left of a payment. Cents of one currency. */
export interface PaymentFacts {
  amountCents: number;
  refunds: readonly { amountCents: number; state: RefundState }[];
  disputes: readonly { amountCents: number; state: DisputeState }[];
}

/**
 * `disputed`: the bank has not decided. `lost`: the bank took all that was left; `partially_lost`: it took a part, and
 * nothing was refunded beside that.
 */
export const PAYMENT_STATES = [
  'paid',
  'partially_refunded',
  'refunded',
  'disputed',
  'partially_lost',
  'lost',
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

export interface PaymentBalance {
  amountCents: number;
  /** Back with the customer, or on its way there. */
  refundedCents: number;
  /** Taken back by the bank in disputes that were lost. */
  lostCents: number;
  /** What is with us. Never negative: where the same money went twice, nothing is left. */
  netCents: number;
  /** What can still be refunded: what is with us, less refunds that Stripe has not answered and what is disputed. */
  refundableCents: number;
  state: PaymentState;
}

/**
 * What is with us of a payment: what was paid, less refunds that did not fail and less disputes that were lost. The
 * view `payment_balances` says the same in SQL; a test compares both. Pure.
 */
export function balanceOf({ amountCents, refunds, disputes }: PaymentFacts): PaymentBalance {
  const refunded = sumOf(refunds.filter(({ state }) => isGone(state)));
  const lost = sumOf(disputes.filter(({ state }) => state === 'lost'));
  const disputed = sumOf(disputes.filter(({ state }) => state === 'open'));
  const requested = sumOf(refunds.filter(({ state }) => state === 'requested'));
  const netCents = Math.max(amountCents - refunded - lost, 0);
  return {
    amountCents,
    refundedCents: Math.min(refunded, amountCents),
    lostCents: Math.min(lost, amountCents),
    netCents,
    refundableCents: Math.max(netCents - requested - disputed, 0),
    state: stateOf({ refunded, lost, netCents, isDisputed: disputed > 0 }),
  };
}

function stateOf(facts: {
  refunded: number;
  lost: number;
  netCents: number;
  isDisputed: boolean;
}): PaymentState {
  if (facts.isDisputed) return 'disputed';
  if (facts.netCents === 0) return facts.lost > 0 ? 'lost' : 'refunded';
  if (facts.refunded > 0) return 'partially_refunded';
  return facts.lost > 0 ? 'partially_lost' : 'paid';
}

function sumOf(parts: readonly { amountCents: number }[]): number {
  return sumCents(parts.map((part) => part.amountCents));
}
