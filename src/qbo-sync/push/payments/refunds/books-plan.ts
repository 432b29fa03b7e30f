import type { RefundState } from '../../../../payments/ledger/refunds/refund-state.js';
import { sumCents } from '../../../../platform/money/cents.js';

/** What of a payment is back with the customer, and never more than was paid, with the refunds it went by. Pure. */
export function refundedOf<Refund extends { state: RefundState; amountCents: number }>({
  payment,
  refunds,
}: {
  payment: { amountCents: number };
  refunds: readonly Refund[];
}): { made: readonly Refund[]; refundedCents: number } {
  const made = refunds.filter(({ state }) => state === 'succeeded');
  const cents = sumCents(made.map(({ amountCents }) => amountCents));
  return { made, refundedCents: Math.min(cents, payment.amountCents) };
}

/** One step of a payment's refunds as the outbox has it. */
export interface RefundStep {
  id: string;
  /** Its part of all that was refunded; 0 once it was cancelled. */
  amountCents: number;
  /** It is certainly not in the books and in nobody's hands: its amount can still be changed. */
  changeable: boolean;
}

/** What is to be done so that the steps come to what was refunded. */
export interface BooksPlan {
  /** Refunded, and no step accounts for it. */
  addCents: number;
  /** Steps that are too much, with the amount that is left of each; 0 cancels it. */
  shrink: { id: string; toCents: number }[];
  /** In the books, or on its way there, and not refunded any more: a person has to take it out. */
  excessCents: number;
}

/**
 * Compares what was refunded of a payment with the steps that put it into the books. The amount refunded can fall again
 * where a refund failed: steps that are not in the books shrink, newest first; what is there, or may be, is left to a
 * person. Pure.
 */
export function booksPlanOf(refundedCents: number, steps: readonly RefundStep[]): BooksPlan {
  const booked = sumCents(steps.map(({ amountCents }) => amountCents));
  if (refundedCents >= booked) return { addCents: refundedCents - booked, shrink: [], excessCents: 0 };
  let excessCents = booked - refundedCents;
  const shrink: BooksPlan['shrink'] = [];
  for (const { id, amountCents, changeable } of steps.toReversed()) {
    const off = changeable ? Math.min(excessCents, amountCents) : 0;
    if (off > 0) shrink.push({ id, toCents: amountCents - off });
    excessCents -= off;
  }
  return { addCents: 0, shrink, excessCents };
}

/**
 * Which steps in the books are too much, with the amount that is left of each: those of the refunds that failed, by
 * their amounts, then the newest. Pure.
 */
export function stepsTooMuch(
  excessCents: number,
  steps: readonly Pick<RefundStep, 'id' | 'amountCents'>[],
  failedCents: readonly number[],
): { id: string; toCents: number }[] {
  let left = excessCents;
  const newest = steps.toReversed();
  const ofFailed = new Set<(typeof newest)[number]>();
  for (const cents of failedCents) {
    const own = newest.find((step) => !ofFailed.has(step) && step.amountCents === cents);
    if (own && cents <= left - sumCents([...ofFailed].map((step) => step.amountCents))) ofFailed.add(own);
  }
  return [...ofFailed, ...newest.filter((step) => !ofFailed.has(step))].flatMap(({ id, amountCents }) => {
    const off = Math.min(left, amountCents);
    left -= off;
    return off > 0 ? [{ id, toCents: amountCents - off }] : [];
  });
}

/** A step with what its receipt was over beyond that before it was lowered; null where it is not known. */
export type BookedStep = Pick<RefundStep, 'id' | 'amountCents'> & { overCents: number | null };

/** A step in the books with what is left of it, and what its receipt is over beyond that. */
export interface TakenOutStep {
  id: string;
  toCents: number;
  overCents: number;
}

/**
 * Which steps a person has taken out of the books, with what is left of each, by what their receipts are over as they
 * stand: nothing any more, or less than they were over before they were lowered. One that is put right is over what was
 * sent, and took nothing out. One that is less by just what is too much was lowered by that, and where it is not known
 * what it was over, no other was. Pure.
 */
export function stepsTakenOut(
  excessCents: number,
  steps: readonly BookedStep[],
  standing: ReadonlyMap<string, number>,
): TakenOutStep[] {
  return steps.flatMap(({ id, amountCents, overCents }) => {
    const standsCents = standing.get(id) ?? amountCents;
    const isLess = overCents === null || standsCents < amountCents + overCents;
    if (standsCents === amountCents || (standsCents > 0 && !isLess)) return [];
    const isByExcess = standsCents === amountCents - excessCents;
    if (overCents === null && standsCents > 0 && !isByExcess) return [];
    const isExact = standsCents === 0 || isByExcess;
    const toCents = isExact ? standsCents : Math.max(0, standsCents - (overCents ?? 0));
    return toCents < amountCents ? [{ id, toCents, overCents: standsCents - toCents }] : [];
  });
}
