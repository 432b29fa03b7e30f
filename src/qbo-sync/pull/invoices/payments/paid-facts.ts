import type { CalendarDay } from '../../../../platform/time/calendar-day.js';
import type { InvoicePayment, KnownPayments } from './invoice-payment.js';
import type { SettledBy } from './settled-by.js';
import { sumCents } from '../../../../platform/money/cents.js';

/** What the payments on an invoice come to. */
export interface SettlementFacts {
  /** Money, of whatever document. */
  cashCents: number;
  creditCents: number;
  /** The day of the newest cash payment. */
  cashOn: CalendarDay | null;
  /** False while a linked payment could not be read. */
  complete: boolean;
}

export function paidFactsOf({ payments, complete }: KnownPayments): SettlementFacts {
  const sumOf = (some: readonly InvoicePayment[]): number => sumCents(some.map((one) => one.amountCents));
  const money = payments.filter((one) => one.kind !== 'credit');
  const days = money.flatMap((one) => (one.paidOn ? [one.paidOn] : []));
  return {
    cashCents: sumOf(money),
    creditCents: sumOf(payments) - sumOf(money),
    cashOn: days.toSorted().at(-1) ?? null,
    complete,
  };
}

/** How an invoice that has nothing left to pay was settled; null while its payments are not all known. */
export function settledBy({ cashCents, creditCents, complete }: SettlementFacts): SettledBy | null {
  if (!complete) return null;
  if (creditCents === 0) return 'cash';
  return cashCents === 0 ? 'credit' : 'mixed';
}
