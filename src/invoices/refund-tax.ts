import { percentOfCents, shareOfCents } from '../platform/money/cents.js';

/** An invoice as QuickBooks has it, in cents. */
export interface TaxedInvoice {
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

/**
 * What of a refund is tax, and what it is tax on: the same share of the invoice's as of its total. Refunds of one
 * payment are counted together, so that all of it takes off exactly its tax. Null where the invoice has none. Pure.
 */
export function refundedTax(
  { totalCents, taxCents, taxedCents }: TaxedInvoice,
  { amountCents, beforeCents }: { amountCents: number; beforeCents: number },
): RefundedTax | null {
  if (taxCents <= 0 || taxedCents <= 0 || totalCents <= 0) return null;
  const shareNow = (partCents: number): number => {
    const upTo = (cents: number): number => shareOfCents(partCents, Math.min(cents, totalCents), totalCents);
    return upTo(beforeCents + amountCents) - upTo(beforeCents);
  };
  const share = { netCents: shareNow(taxedCents), taxCents: shareNow(taxCents) };
  return share.netCents > 0 ? share : null;
}

/**
 * What QuickBooks will count as tax on a part of what was taxed: by the percentage with the fewest decimals that makes
 * the invoice's tax, so that a receipt can be made to come to exactly what went back. Pure.
 */
export function taxOnPart({ taxCents, taxedCents }: TaxedInvoice, netCents: number): number {
  for (const decimals of [0, 1, 2]) {
    const percent = Number(((100 * taxCents) / taxedCents).toFixed(decimals));
    if (percentOfCents(taxedCents, percent) === taxCents) return percentOfCents(netCents, percent);
  }
  return shareOfCents(netCents, taxCents, taxedCents);
}
