import { chargeStepCents } from '../platform/money/charge-amount.js';
import { type ExchangeRate, homeCentsAt } from '../platform/money/exchange-rate.js';

/** What of a foreign payment is on an invoice, in cents of its currency; `exchangeRate` null where it is not known. */
export interface RatedPayment {
  amountCents: number;
  exchangeRate: ExchangeRate | null;
}

/**
 * What the change of the exchange rate between an invoice and its payments gained, in cents of the home currency; below
 * zero where it lost. Each payment at its own rate, rounded by itself, less what was paid together at the invoice's
 * rate: so the last payment brings what rounding left over, as in QuickBooks. Null where a rate is not known. Pure.
 */
export function realisedGainCents(
  invoiceRate: ExchangeRate | null,
  payments: readonly RatedPayment[],
  homeCurrency: string,
): number | null {
  if (invoiceRate === null) return null;
  const atHome = (cents: number, rate: ExchangeRate): number =>
    homeCentsAt(cents, rate, chargeStepCents(homeCurrency));
  let paidCents = 0;
  let homeCents = 0;
  for (const { amountCents, exchangeRate } of payments) {
    if (exchangeRate === null) return null;
    paidCents += amountCents;
    homeCents += atHome(amountCents, exchangeRate);
  }
  return homeCents - atHome(paidCents, invoiceRate);
}
