import { NotMoneyError, type MoneyStep } from './cents.js';

/**
 * What one unit of a foreign currency is worth in the home currency, as decimal text with up to nine decimals:
 * `1.0845`. Text, because a rate is frozen with a document and multiplied exactly.
 */
export type ExchangeRate = string;

const BILLION = 1_000_000_000n;

/** Currencies that are kept at exactly one to one with another, by treaty or law. */
const AT_PAR: Readonly<Record<string, readonly string[]>> = {
  USD: ['BMD', 'BSD', 'PAB'],
  GBP: ['FKP', 'GIP', 'SHP'],
  SGD: ['BND'],
  ZAR: ['LSL', 'NAD', 'SZL'],
};

/** A rate as it is kept: positive, nine decimals at most, no trailing zeros. Throws NotMoneyError on anything else. */
export function exchangeRateOf(value: unknown): ExchangeRate {
  const text = typeof value === 'number' ? decimalText(value) : value;
  const parts = typeof text === 'string' ? /^(\d{1,9})(?:\.(\d+))?$/.exec(text.trim()) : null;
  if (!parts) throw new NotMoneyError(value, 'expected a rate');
  const [, units, decimals = ''] = parts;
  const billionths =
    BigInt(units!) * BILLION +
    BigInt(decimals.padEnd(9, '0').slice(0, 9)) +
    (Number(decimals[9] ?? '0') >= 5 ? 1n : 0n);
  if (billionths <= 0n) throw new NotMoneyError(value, 'a rate is above zero');
  const fraction = (billionths % BILLION).toString().padStart(9, '0').replace(/0+$/, '');
  return `${billionths / BILLION}${fraction && `.${fraction}`}`;
}

/**
 * The rate by which an amount of foreign cents comes to an amount of home cents, both above 0; nine decimals, half up:
 * to the cent exact below ten million units.
 */
export function rateBetween(foreignCents: number, homeCents: number): ExchangeRate {
  const [foreign, home] = [BigInt(foreignCents), BigInt(homeCents)];
  const billionths = (2n * home * BILLION + foreign) / (2n * foreign);
  return exchangeRateOf(`${billionths / BILLION}.${(billionths % BILLION).toString().padStart(9, '0')}`);
}

/** Foreign cents in cents of the home currency, half away from zero to the step. */
export function homeCentsAt(cents: number, rate: ExchangeRate, step: MoneyStep = 1): number {
  const [units = '0', decimals = ''] = exchangeRateOf(rate).split('.');
  const billionths = BigInt(units) * BILLION + BigInt(decimals.padEnd(9, '0'));
  const product = BigInt(Math.abs(cents)) * billionths;
  const unit = BILLION * BigInt(step);
  const home = step * Number((2n * product + unit) / (2n * unit));
  if (!Number.isSafeInteger(home)) throw new NotMoneyError(cents, 'it is too large');
  return cents < 0 && home !== 0 ? -home : home;
}

/** True where a rate of exactly 1 between two currencies is what they trade at, and not the want of a rate. */
export function isAtPar(one: string, other: string): boolean {
  return (
    one === other || [one, other].some((anchor) => AT_PAR[anchor]?.includes(anchor === one ? other : one))
  );
}

/** A number without exponent: JSON brings 1e-7 for a very small rate. */
function decimalText(value: number): string {
  if (!Number.isFinite(value)) throw new NotMoneyError(value, 'expected a rate');
  const text = String(value);
  return text.includes('e') ? value.toFixed(12) : text;
}
