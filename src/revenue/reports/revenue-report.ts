import { byCurrency, sumIn } from '../../platform/money/money.js';
import type { DeferredSum } from './revenue-sums.repository.js';

export interface DeferredTotal extends Omit<DeferredSum, 'proposalId'> {
  /** What is owed in work: the contracts that were billed above what they earned. */
  liabilityCents: number;
  /** What is earned and not billed yet, of the others; above zero. */
  assetCents: number;
}

/** One total for each currency; balances of contracts are not netted into each other in the last two. Pure. */
export function deferredTotals(rows: readonly DeferredSum[]): DeferredTotal[] {
  return byCurrency(rows).map(([currency, some]) => {
    const sum = (of: (row: DeferredSum) => number): number => sumIn(currency, some, of);
    return {
      currency,
      openingCents: sum(({ openingCents }) => openingCents),
      billedCents: sum(({ billedCents }) => billedCents),
      earnedCents: sum(({ earnedCents }) => earnedCents),
      creditedCents: sum(({ creditedCents }) => creditedCents),
      adjustmentCents: sum(({ adjustmentCents }) => adjustmentCents),
      closingCents: sum(({ closingCents }) => closingCents),
      liabilityCents: sum(({ closingCents }) => Math.max(0, closingCents)),
      assetCents: sum(({ closingCents }) => Math.max(0, -closingCents)),
    };
  });
}

/** The sum of money of each currency. Pure. */
export function totalsByCurrency(
  rows: readonly { currency: string; earnedCents: number }[],
): { currency: string; earnedCents: number }[] {
  return byCurrency(rows).map(([currency, some]) => ({
    currency,
    earnedCents: sumIn(currency, some, ({ earnedCents }) => earnedCents),
  }));
}
