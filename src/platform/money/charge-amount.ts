import { percentOfCents, type MoneyStep } from './cents.js';

/** Currencies without a minor unit: Stripe counts whole units (https://docs.stripe.com/currencies). */
const ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));

/** Currencies that lost their minor unit: Stripe still counts hundredths, whole units only. */
const WHOLE_HUNDREDS = new Set(['ISK', 'UGX']);

/** Currencies of thousandths: Stripe counts these, the last digit 0. */
const THREE_DECIMAL = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** The least that Stripe charges, in its minor units, where it is not the 50 of most currencies. */
const LEAST: Readonly<Record<string, number>> = {
  AED: 200,
  BGN: 100,
  CZK: 1_500,
  DKK: 250,
  GBP: 30,
  HKD: 400,
  HUF: 17_500,
  MXN: 1_000,
  MYR: 200,
  NOK: 300,
  PLN: 200,
  RON: 200,
  SEK: 300,
  THB: 1_000,
};
const LEAST_OF_MOST = 50;

/** Eight digits of minor units for most currencies: 999,999.99 USD, 99,999,999 JPY. */
const MOST: Readonly<Record<string, number>> = { IDR: 999_999_999_999 };
const MOST_OF_MOST = 99_999_999;

/** How many decimals Stripe's count of a currency has. */
export function chargeDecimals(currency: string): 0 | 2 | 3 {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** The smallest step of amounts that can be charged in a currency, in hundredths of its unit. */
export function chargeStepCents(currency: string): MoneyStep {
  return ZERO_DECIMAL.has(currency) || WHOLE_HUNDREDS.has(currency) ? 100 : 1;
}

/** The step in which amounts of a currency are split: that of its charges, unless one of them is finer already. */
export function splitStepCents(currency: string, amounts: readonly number[]): MoneyStep {
  const step = chargeStepCents(currency);
  return amounts.every((one) => one % step === 0) ? step : 1;
}

/** So many percent of an amount: half up to the step in which it is split. */
export function percentIn(currency: string, cents: number, percent: number): number {
  return percentOfCents(cents, percent, splitStepCents(currency, [cents]));
}

/** So many percent of an amount: half up to what can be charged in the currency. */
export function chargeablePercent(currency: string, cents: number, percent: number): number {
  return percentOfCents(cents, percent, chargeStepCents(currency));
}

/** The amount nearest to this one that can be charged in the currency, half up. Both in hundredths of its unit. */
export function chargeableCents(cents: number, currency: string): number {
  const step = chargeStepCents(currency);
  const beyond = ((cents % step) + step) % step;
  return beyond * 2 >= step ? cents - beyond + step : cents - beyond;
}

/** The least and the most that one charge can be over, in hundredths of the currency's unit. */
export function chargeLimits(currency: string): { leastCents: number; mostCents: number } {
  const least = LEAST[currency] ?? LEAST_OF_MOST;
  const most = MOST[currency] ?? MOST_OF_MOST;
  const decimals = chargeDecimals(currency);
  if (decimals === 0) return { leastCents: least * 100, mostCents: most * 100 };
  if (decimals === 3) return { leastCents: Math.ceil(least / 10), mostCents: Math.floor(most / 10) };
  return { leastCents: least, mostCents: most };
}
