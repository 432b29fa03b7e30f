/** Digits after the point where a currency does not have two. */
const OWN_DECIMALS: Record<string, number> = {
  BHD: 3,
  CLP: 0,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  OMR: 3,
  PYG: 0,
  TND: 3,
  UGX: 0,
  VND: 0,
};

/** Digits kept after the point: `two` in every currency, or each currency's `own`: none in yen, three in dinars. */
export type Decimals = 'two' | 'own';

/** How amounts are written: the currency they are in, and how many decimals are kept of it. */
export interface AmountStyle {
  currency: string;
  decimals: Decimals;
}

export function decimalsOf(currency: string, decimals: Decimals): number {
  return decimals === 'two' ? 2 : (OWN_DECIMALS[currency] ?? 2);
}

/** Digits of a minor unit, whatever is kept: hundredths, also of a yen; thousandths of a dinar. */
export function exponentOf(currency: string): number {
  return Math.max(2, OWN_DECIMALS[currency] ?? 2);
}

interface Decimal {
  digits: bigint;
  scale: number;
}

/** Reads a decimal as it was written, with no float in between. Null when it is not one. */
function decimalOf(value: unknown): Decimal | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(String(value));
  if (!match || !`${match[2]}${match[3] ?? ''}`) return null;
  const fraction = match[3] ?? '';
  const power = Number(match[4] ?? 0);
  let digits = BigInt(`${match[2]}${fraction}`);
  let scale = fraction.length - power;
  if (scale < 0) {
    digits *= 10n ** BigInt(-scale);
    scale = 0;
  }
  return { digits: match[1] === '-' ? -digits : digits, scale };
}

/** Half away from zero, as a bookkeeper rounds. */
function rescale({ digits, scale }: Decimal, exponent: number): number {
  if (scale <= exponent) return Number(digits * 10n ** BigInt(exponent - scale));
  const unit = 10n ** BigInt(scale - exponent);
  const half = digits < 0n ? -(unit / 2n) : unit / 2n;
  return Number((digits + half) / unit);
}

export function isDecimal(value: unknown): boolean {
  return decimalOf(value) !== null;
}

/**
 * Integer minor units (cents) of an amount from the wire; an absent amount is 0. Rounds half away from zero.
 */
export function minorOf(value: unknown, currency = 'USD'): number {
  const decimal = decimalOf(value);
  return decimal ? rescale(decimal, exponentOf(currency)) : 0;
}

/** Minor units rounded, half away from zero, to the digits that are kept of the currency. */
export function keptOf(minor: number, currency: string, decimals: Decimals): number {
  const cut = exponentOf(currency) - decimalsOf(currency, decimals);
  return cut === 0 ? minor : rescale({ digits: BigInt(minor), scale: cut }, 0) * 10 ** cut;
}

/** The JSON number for integer minor units: 62910 cents are `629.1`. */
export function majorOf(minor: number, currency = 'USD'): number {
  const exponent = exponentOf(currency);
  const sign = minor < 0 ? '-' : '';
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  return Number(`${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`);
}

/** Quantity times price in integer minor units, exact before the one rounding at the end. */
export function productOf(quantity: unknown, price: unknown, currency = 'USD'): number {
  const a = decimalOf(quantity);
  const b = decimalOf(price);
  if (!a || !b) return 0;
  return rescale({ digits: a.digits * b.digits, scale: a.scale + b.scale }, exponentOf(currency));
}

/** So many percent of an amount in minor units, rounded half away from zero. */
export function percentOf(minor: number, percent: unknown): number {
  const rate = decimalOf(percent);
  return rate ? rescale({ digits: BigInt(minor) * rate.digits, scale: rate.scale + 2 }, 0) : 0;
}

/** The amount with all the decimals that are kept, as in a payment's `txnOpenBalance`: `387.00`. */
export function amountText(minor: number, currency: string, decimals: Decimals): string {
  return majorOf(keptOf(minor, currency, decimals), currency).toFixed(decimalsOf(currency, decimals));
}
