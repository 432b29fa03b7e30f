import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { KnownPayments } from './invoice-payment.js';

/** What the payments on an invoice come to. */
export interface PaidFacts {
  cashCents: number;
  creditCents: number;
  /** The day of the newest cash payment. */
  cashOn: CalendarDay | null;
  /** False while a linked payment could not be read. */
  complete: boolean;
}

/** How a paid invoice was settled. */
export type SettledBy = 'cash' | 'credit' | 'mixed';

export const NOTHING_PAID: PaidFacts = { cashCents: 0, creditCents: 0, cashOn: null, complete: true };

export function paidFactsOf({ payments, complete }: KnownPayments): PaidFacts {
  const sumOf = (kind: string): number =>
    payments.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.amountCents, 0);
  const days = payments.flatMap((one) => (one.kind === 'payment' && one.paidOn ? [one.paidOn] : []));
  return {
    cashCents: sumOf('payment'),
    creditCents: sumOf('credit'),
    cashOn: days.toSorted().at(-1) ?? null,
    complete,
  };
}

/**
 * How an invoice over `totalCents` that has nothing left to pay was settled; null while its payments are not all known.
 * Cash below one percent of the total is a rounding, not a payment.
 */
export function settledBy(
  totalCents: number,
  { cashCents, creditCents, complete }: PaidFacts,
): SettledBy | null {
  if (!complete) return null;
  if (creditCents === 0) return 'cash';
  return cashCents * 100 < totalCents ? 'credit' : 'mixed';
}
