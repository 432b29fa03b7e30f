import { StripeError } from './stripe-error.ts';

/** What Stripe charges in, in the order in which its refusals name them. */
const CURRENCIES: readonly string[] = (
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf ' +
  'clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ' +
  'ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr ' +
  'mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd ' +
  'shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw'
).split(' ');

/** Refuses a currency, in small letters, that Stripe does not charge in. */
export function checkCurrency(currency: string, param: string): void {
  if (CURRENCIES.includes(currency)) return;
  throw new StripeError(
    `Invalid currency: ${currency}. Stripe currently supports these currencies: ${CURRENCIES.join(', ')}`,
    { param },
  );
}

/** The least amount of a charge in minor units, where it is not the 50 of most currencies. */
const MINIMUMS: Readonly<Record<string, number>> = {
  aed: 200,
  bgn: 100,
  czk: 1500,
  dkk: 250,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  pln: 200,
  ron: 200,
  sek: 300,
  thb: 1000,
};
const MINIMUM = 50;

/** Eight digits for most currencies, whatever their decimals: 999,999.99 USD, 99,999,999 JPY. */
const MAXIMUMS: Readonly<Record<string, number>> = { idr: 999_999_999_999 };
const MAXIMUM = 99_999_999;

const ZERO_DECIMAL = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ') as readonly string[],
);
const THREE_DECIMAL = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);
/** Written with two decimals that have to be 00. */
const WHOLE_UNITS = new Set(['isk', 'ugx']);

export function decimalsOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** An amount as Stripe's messages write it: `$0.50` in USD, else digits and the code: `30.00 dkk`. */
export function amountShown(minor: number, currency: string): string {
  const digits = decimalsOf(currency);
  const text = (minor / 10 ** digits).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return currency === 'usd' ? `$${text}` : `${text} ${currency}`;
}

export function minimumOf(currency: string): number {
  return MINIMUMS[currency] ?? MINIMUM;
}

export function maximumOf(currency: string): number {
  return MAXIMUMS[currency] ?? MAXIMUM;
}

/** Refuses what no charge can be over: too little, too much, or not a multiple the currency needs. */
export function checkChargeable(minor: number, currency: string, param: string): void {
  const step = THREE_DECIMAL.has(currency) ? 10 : WHOLE_UNITS.has(currency) ? 100 : 1;
  if (minor % step !== 0)
    throw new StripeError(
      `Invalid ${currency} amount: amounts in ${currency} must be evenly divisible by ${step}.`,
      { code: 'parameter_invalid_integer', param },
    );
  if (minor > maximumOf(currency))
    throw new StripeError(`Amount must be no more than ${amountShown(maximumOf(currency), currency)}`, {
      code: 'amount_too_large',
      param,
    });
  const least = minimumOf(currency);
  if (minor < least)
    throw new StripeError(
      `The Checkout Session's total amount due must add up to at least ` +
        (currency === 'usd' ? `${amountShown(least, currency)} usd` : amountShown(least, currency)),
      { code: 'amount_too_small' },
    );
}
