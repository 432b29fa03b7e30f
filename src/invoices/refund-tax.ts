import { shareOfCents } from '../platform/money/cents.js';
import { splitStepCents } from '../platform/money/charge-amount.js';
import type { TaxCodePart } from './tax-code-parts.js';

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

/** A refund, and what earlier ones of its payment came to. */
export interface RefundOfPayment {
  amountCents: number;
  beforeCents: number;
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
  { amountCents, beforeCents }: RefundOfPayment,
): RefundedTax | null {
  if (taxCents <= 0 || taxedCents <= 0 || totalCents <= 0) return null;
  const shareNow = sharesNow({ currency, totalCents }, { amountCents, beforeCents }, [taxCents, taxedCents]);
  const taxNow = shareNow(taxCents);
  const netCents = shareNow(totalCents) - taxNow - shareNow(totalCents - taxCents - taxedCents);
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

/**
 * What a refund takes off each of these parts of an invoice: its share, counted together with earlier refunds of the
 * payment, and so that an invoice of which all is taxed leaves nothing over. Pure.
 */
export function refundedByCode(
  invoice: Pick<TaxedInvoice, 'currency' | 'totalCents'>,
  parts: readonly TaxCodePart[],
  refund: RefundOfPayment,
): TaxCodePart[] {
  const amounts = parts.flatMap(({ netCents, taxCents }) => [netCents, taxCents]);
  const shareNow = sharesNow(invoice, refund, amounts);
  let upToCents = 0;
  return parts
    .map(({ taxCode, netCents, taxCents }) => {
      const beforeCents = upToCents;
      upToCents += netCents + taxCents;
      const taxNow = shareNow(taxCents);
      return {
        taxCode,
        netCents: shareNow(upToCents) - shareNow(beforeCents) - taxNow,
        taxCents: taxNow,
      };
    })
    .filter((part) => part.netCents > 0);
}

/** The share that a refund has of a part of an invoice, in whole yen of one whose amounts are. */
function sharesNow(
  { currency, totalCents }: Pick<TaxedInvoice, 'currency' | 'totalCents'>,
  { amountCents, beforeCents }: RefundOfPayment,
  amounts: readonly number[],
): (partCents: number) => number {
  const step = splitStepCents(currency, [totalCents, amountCents, beforeCents, ...amounts]);
  const before = Math.min(beforeCents, totalCents);
  const after = Math.min(beforeCents + amountCents, totalCents);
  const upTo = (partCents: number, cents: number): number =>
    step * shareOfCents(partCents / step, cents, totalCents);
  return (partCents) => upTo(partCents, after) - upTo(partCents, before);
}
