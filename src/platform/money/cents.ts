/**
 * Money inside the product is integer hundredths of the currency unit, in fields that end in `Cents`.
 * Vendors speak decimals; these functions are the only crossing, and neither does arithmetic on floats.
 */

/** Less than a hundred thousand million units of a currency: no unit price, line or total comes to more. */
export const CENTS_MAX = 10 ** 13 - 1;

/** Of whole amounts below this many units the cents are exact however they are counted. */
const UNITS_MAX = 10 ** 11;

/** Thrown when a value is not an amount of money, with what was found. */
export class NotMoneyError extends Error {
  constructor(value: unknown, why: string) {
    super(`${JSON.stringify(value) ?? String(value)} is not an amount of money: ${why}`);
    this.name = 'NotMoneyError';
  }
}

/**
 * A vendor's decimal amount (`100`, `629.1`, `"387.00"`) in cents, exactly.
 * A third decimal is rounded half away from zero. Throws NotMoneyError on anything else.
 */
export function centsFromDecimal(amount: unknown): number {
  if (typeof amount === 'number' && Number.isInteger(amount) && Math.abs(amount) < UNITS_MAX)
    return amount * 100 + 0; // a negative zero is zero
  const text = typeof amount === 'number' ? plainDecimal(amount) : amount;
  if (typeof text !== 'string') throw new NotMoneyError(amount, 'expected a number');
  const parts = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text.trim());
  if (!parts) throw new NotMoneyError(amount, 'expected digits with an optional decimal point');
  const [, sign, units, decimals = ''] = parts;
  // Whole numbers all of them: exact up to 2^53, and what is beyond that does not come out below it.
  const hundredths = Number(units) * 100 + Number(decimals.padEnd(2, '0').slice(0, 2));
  const rounded = hundredths + (Number(decimals[2] ?? '0') >= 5 ? 1 : 0);
  return assertSafe(sign === '-' ? 0 - rounded : rounded, amount);
}

/** Cents as the decimal number a vendor expects: 12345 becomes 123.45. */
export function decimalFromCents(cents: number): number {
  return Number(decimalTextFromCents(cents));
}

/** Cents as decimal text with two places: -5 becomes "-0.05". */
export function decimalTextFromCents(cents: number): string {
  if (!Number.isSafeInteger(cents)) throw new NotMoneyError(cents, 'cents are whole and below 2^53');
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** In what amounts of a currency are counted, in hundredths of its unit: cents, or whole yen. */
export type MoneyStep = 1 | 100;

/**
 * The share of an amount at so many percent (up to four decimals: 30, 12.5, 8.875), rounded half up to the step, once:
 * 0.495 yen are none, though they are 0.50 to the cent.
 */
export function percentOfCents(cents: number, percent: number, step: MoneyStep = 1): number {
  const tenThousandths = BigInt(Math.round(percent * 10_000));
  return step * divideHalfUp(BigInt(cents) * tenThousandths, 1_000_000n * BigInt(step));
}

/** The share of an amount that `part` is of `whole`, rounded half up to the step. `whole` is not 0. */
export function shareOfCents(cents: number, part: number, whole: number, step: MoneyStep = 1): number {
  return step * divideHalfUp(BigInt(cents) * BigInt(part), BigInt(whole) * BigInt(step));
}

/** Quantity times unit price in cents, half up to the step. Quantities have up to four decimals. */
export function lineAmountCents(quantity: number, unitPriceCents: number, step: MoneyStep = 1): number {
  const tenThousandths = BigInt(Math.round(quantity * 10_000));
  return step * divideHalfUp(tenThousandths * BigInt(unitPriceCents), 10_000n * BigInt(step));
}

/** The sum, checked to be an exact integer. Throws where it is too large, or an amount is no whole number of cents. */
export function sumCents(amounts: readonly number[]): number {
  let sum = 0;
  for (const cents of amounts) {
    sum += cents;
    // What comes after it may bring the sum back to what can be told exactly.
    if (!Number.isSafeInteger(sum)) return sumExactly(amounts);
  }
  return sum;
}

function sumExactly(amounts: readonly number[]): number {
  return safeCents(
    amounts.reduce((sum, cents) => sum + BigInt(cents), 0n),
    amounts,
  );
}

function divideHalfUp(dividend: bigint, divisor: bigint): number {
  const doubled = 2n * dividend + divisor;
  const quotient = doubled / (2n * divisor);
  const exact = doubled % (2n * divisor) < 0n ? quotient - 1n : quotient;
  return safeCents(exact, dividend.toString());
}

function safeCents(cents: bigint, source: unknown): number {
  return assertSafe(Number(cents), source);
}

function assertSafe(value: number, source: unknown): number {
  if (!Number.isSafeInteger(value)) throw new NotMoneyError(source, 'it is too large');
  return value;
}

/** A finite number without exponent; JSON numbers such as 1e21 or NaN are no money. */
function plainDecimal(amount: number): string {
  const text = String(amount);
  if (!Number.isFinite(amount) || text.includes('e')) throw new NotMoneyError(amount, 'out of range');
  return text;
}
