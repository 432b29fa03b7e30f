import { NotMoneyError } from '../platform/money/cents.js';
import { chargeDecimals, chargeStepCents } from '../platform/money/charge-amount.js';

/**
 * Our hundredths as Stripe counts the currency: 500 JPY are 500, 5.00 USD are 500, 5.00 KWD are 5000.
 * Throws NotMoneyError on an amount that cannot be charged in the currency; `chargeableCents` makes one that can.
 */
export function stripeAmountOf(cents: number, currency: string): number {
  if (!Number.isSafeInteger(cents) || cents % chargeStepCents(currency) !== 0) {
    throw new NotMoneyError(cents, `it cannot be charged in ${currency}`);
  }
  const decimals = chargeDecimals(currency);
  if (decimals === 0) return cents / 100;
  return decimals === 3 ? safe(cents * 10) : cents;
}

/** Stripe's count in our hundredths. A last digit other than 0 of a three-decimal currency is rounded half up. */
export function centsFromStripe(amount: number, currency: string): number {
  if (!Number.isSafeInteger(amount)) throw new NotMoneyError(amount, 'Stripe counts in whole minor units');
  const decimals = chargeDecimals(currency);
  if (decimals === 0) return safe(amount * 100);
  return decimals === 3 ? Math.floor((amount + 5) / 10) : amount;
}

function safe(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new NotMoneyError(amount, 'it is too large');
  return amount;
}
