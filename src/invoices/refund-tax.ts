import { shareOfCents } from '../platform/money/cents.js';
import { splitStepCents } from '../platform/money/charge-amount.js';

/** An invoice as QuickBooks has it, in cents. */
export interface TaxedInvoice {
  currency: string;
  totalCents: number;
  taxCents: number;
  /** What of it was taxed, before tax. */
  taxedCents: number;
}

/** What of a refund was taxed, before tax, and its tax. */
export interface RefundedTax {
  netCents: number;
  taxCents: number;
}

/** Tax rates have up to four decimals. */
const RATE_DECIMALS = [0, 1, 2, 3, 4];

/**
 * What of a refund is tax, and what it is tax on: the same share of the invoice's as of its total, in whole yen of an
 * invoice in yen. Refunds of one payment are counted together, so that all of it takes off exactly its tax. What is
 * neither takes its own share, so that one of an invoice that is taxed as a whole leaves nothing over. Null where the
 * invoice has none. Pure.
 */
export function refundedTax(
  { currency, totalCents, taxCents, taxedCents }: TaxedInvoice,
  { amountCents, beforeCents }: { amountCents: number; beforeCents: number },
): RefundedTax | null {
  if (taxCents <= 0 || taxedCents <= 0 || totalCents <= 0) return null;
  const step = splitStepCents(currency, [totalCents, taxCents, taxedCents, amountCents, beforeCents]);
  const before = Math.min(beforeCents, totalCents);
  const after = Math.min(beforeCents + amountCents, totalCents);
  const shareNow = (partCents: number): number => {
    const upTo = (cents: number): number => step * shareOfCents(partCents / step, cents, totalCents);
    return upTo(after) - upTo(before);
  };
  const taxNow = shareNow(taxCents);
  const netCents = after - before - taxNow - shareNow(totalCents - taxCents - taxedCents);
  return netCents > 0 ? { netCents, taxCents: taxNow } : null;
}

/**
 * What QuickBooks will count as tax on a part of what was taxed: by the percentage with the fewest decimals that makes
 * the invoice's tax, so that a receipt can be made to come to exactly what went back. Pure.
 */
export function taxOnPart({ taxCents, taxedCents }: TaxedInvoice, netCents: number): number {
  for (const decimals of RATE_DECIMALS) {
    const whole = 100 * 10 ** decimals;
    const rate = shareOfCents(whole, taxCents, taxedCents);
    if (shareOfCents(taxedCents, rate, whole) === taxCents) return shareOfCents(netCents, rate, whole);
  }
  return shareOfCents(netCents, taxCents, taxedCents);
}
