import { sumCents } from './cents.js';

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

/** Parts `dividends[i] / divisor` of `cents`, to which they sum. Pure. */
export function byLargestRemainder(
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
