import { sumCents } from '../platform/money/cents.js';

/** A line of a contract and what of it is billed already. Negative on a discount line. */
export interface LineStanding {
  amountCents: number;
  billedCents: number;
}

/**
 * Splits an amount by weights so that the parts sum to it: each part is cut to a whole step, and what is left goes
 * step by step to the largest remainders, of equal ones to the first. Weights may be negative; their sum may not be 0
 * or less unless the amount is 0. Pure.
 */
export function apportion(cents: number, weights: readonly number[], stepCents = 1): number[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (cents === 0) return weights.map(() => 0);
  if (whole <= 0n) throw new RangeError('An amount cannot be split by weights that come to nothing');
  return byLargestRemainder(
    weights.map((weight) => BigInt(weight) * BigInt(cents)),
    whole,
    cents,
    stepCents,
  );
}

/**
 * What of each line is billed by an invoice over so many cents: each line is brought to its cumulative share, so that
 * it sums to itself over all invoices and the last one clears it. Where that would take something back of a line, as
 * after a change of the contract, what is left of the lines is shared out instead; what is above all that is left,
 * because invoices were changed in the books, follows the lines' amounts. Pure.
 */
export function lineShares(lines: readonly LineStanding[], cents: number, stepCents = 1): number[] {
  const left = lines.map(({ amountCents, billedCents }) => amountCents - billedCents);
  const leftCents = sumCents(left);
  const amounts = lines.map(({ amountCents }) => amountCents);
  const valueCents = sumCents(amounts);
  const step = [cents, ...amounts, ...left].every((one) => one % stepCents === 0) ? stepCents : 1;
  if (cents >= leftCents) {
    const beyond = apportion(cents - leftCents, valueCents > 0 ? amounts : amounts.map(() => 1), step);
    return left.map((share, index) => share + beyond[index]!);
  }
  const cumulated = BigInt(valueCents - leftCents + cents);
  const whole = BigInt(valueCents);
  const targets = lines.map(
    ({ amountCents, billedCents }) => BigInt(amountCents) * cumulated - BigInt(billedCents) * whole,
  );
  const shares = byLargestRemainder(targets, whole, cents, step);
  return shares.every((share, index) => isWithin(share, left[index]!))
    ? shares
    : apportion(cents, left, step);
}

/** Parts `dividends[i] / divisor` of `cents`, to which they sum. */
function byLargestRemainder(
  dividends: readonly bigint[],
  divisor: bigint,
  cents: number,
  stepCents: number,
): number[] {
  const step = BigInt(stepCents);
  const whole = divisor * step;
  const floors = dividends.map((dividend) => floorDivide(dividend, whole));
  const remainders = dividends.map((dividend, index) => dividend - floors[index]! * whole);
  const parts = floors.map((floor) => Number(floor * step));
  const order = remainders
    .map((remainder, index) => ({ remainder, index }))
    .toSorted((one, other) =>
      one.remainder === other.remainder ? one.index - other.index : one.remainder > other.remainder ? -1 : 1,
    );
  let missing = cents - sumCents(parts);
  for (const { index } of order) {
    if (missing <= 0) break;
    const more = Math.min(missing, stepCents);
    parts[index]! += more;
    missing -= more;
  }
  return parts;
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}

/** True where a share goes the way of what is left, and not beyond it. */
function isWithin(share: number, left: number): boolean {
  return left >= 0 ? share >= 0 && share <= left : share <= 0 && share >= left;
}
