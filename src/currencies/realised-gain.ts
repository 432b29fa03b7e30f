import { type ExchangeRate, homeCentsAt } from '../platform/money/exchange-rate.js';

/** One payment on an invoice, in the order they came. */
export interface RatedPayment {
  /** Cents of the invoice's currency. */
  amountCents: number;
  rate: ExchangeRate;
}

/** What a payment is worth, and what it gained (or, below zero, lost), in cents of the home currency. */
export interface RealisedGain {
  homeCents: number;
  gainCents: number;
}

/**
 * What the rates gained between an invoice and its payments. Each payment settles its share of what the invoice was
 * carried at, counted cumulatively, so that the shares of payments that settle it whole sum to exactly that. Pure.
 */
export function realisedGains(
  invoice: { totalCents: number; homeTotalCents: number },
  payments: readonly RatedPayment[],
): RealisedGain[] {
  let paidCents = 0;
  let carriedCents = 0;
  return payments.map(({ amountCents, rate }) => {
    paidCents += amountCents;
    const carriedSoFar = share(invoice.homeTotalCents, paidCents, invoice.totalCents);
    const homeCents = homeCentsAt(amountCents, rate);
    const gainCents = homeCents - (carriedSoFar - carriedCents);
    carriedCents = carriedSoFar;
    return { homeCents, gainCents };
  });
}

/** So much of a whole as `part` is of `total`, half up. */
function share(whole: number, part: number, total: number): number {
  if (total === 0) return 0;
  const [dividend, divisor] = [BigInt(whole) * BigInt(part), BigInt(total)];
  return Number((2n * dividend + divisor) / (2n * divisor));
}
