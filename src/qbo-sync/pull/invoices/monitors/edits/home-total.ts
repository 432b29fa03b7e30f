import { chargeStepCents } from '../../../../../platform/money/charge-amount.js';
import { type ExchangeRate, homeCentsAt } from '../../../../../platform/money/exchange-rate.js';

/**
 * What an invoice has to come to in the home currency by the rate it was sent with; null where QuickBooks says so too,
 * to one of the currency's smallest units, and where there is nothing to compare.
 */
export function otherHomeTotalCents(
  made: { totalCents: number; homeTotalCents: number | null },
  rate: ExchangeRate | null,
  homeCurrency: string,
): number | null {
  if (rate === null || made.homeTotalCents === null) return null;
  const expectedCents = homeCentsAt(made.totalCents, rate, chargeStepCents(homeCurrency));
  const isSame = Math.abs(made.homeTotalCents - expectedCents) <= chargeStepCents(homeCurrency);
  return isSame ? null : expectedCents;
}
