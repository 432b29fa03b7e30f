import { NotMoneyError } from '../platform/money/cents.js';

/** Currencies without a minor unit: Stripe counts whole units (https://docs.stripe.com/currencies). */
const ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));

/** Currencies that lost their minor unit: Stripe still counts hundredths, whole units only. */
const WHOLE_HUNDREDS = new Set(['ISK', 'UGX']);

/** Currencies of thousandths: Stripe counts these, the last digit 0. */
const THREE_DECIMAL = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** The smallest amount that can be charged in a currency, in hundredths of its unit. */
export function chargeStepCents(currency: string): 1 | 100 {
  return ZERO_DECIMAL.has(currency) || WHOLE_HUNDREDS.has(currency) ? 100 : 1;
}

/** The amount nearest to this one that can be charged in the currency, half up. Both in hundredths of its unit. */
export function chargeableCents(cents: number, currency: string): number {
  const step = chargeStepCents(currency);
  const beyond = ((cents % step) + step) % step;
  return beyond * 2 >= step ? cents - beyond + step : cents - beyond;
}

/**
 * Our hundredths as Stripe counts the currency: 500 JPY are 500, 5.00 USD are 500, 5.00 KWD are 5000.
 * Throws NotMoneyError on an amount that cannot be charged in the currency; `chargeableCents` makes one that can.
 */
export function stripeAmountOf(cents: number, currency: string): number {
  if (!Number.isSafeInteger(cents) || cents % chargeStepCents(currency) !== 0) {
    throw new NotMoneyError(cents, `it cannot be charged in ${currency}`);
  }
  if (ZERO_DECIMAL.has(currency)) return cents / 100;
  return THREE_DECIMAL.has(currency) ? safe(cents * 10) : cents;
}

/** Stripe's count in our hundredths. A last digit other than 0 of a three-decimal currency is rounded half up. */
export function centsFromStripe(amount: number, currency: string): number {
  if (!Number.isSafeInteger(amount)) throw new NotMoneyError(amount, 'Stripe counts in whole minor units');
  if (ZERO_DECIMAL.has(currency)) return safe(amount * 100);
  return THREE_DECIMAL.has(currency) ? Math.floor((amount + 5) / 10) : amount;
}

function safe(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new NotMoneyError(amount, 'it is too large');
  return amount;
}
