import { apportion, byLargestRemainder } from '../../platform/money/apportion.js';
import { sumCents } from '../../platform/money/cents.js';

/** A line of a contract and what of it is billed already. Negative on a discount line. */
export interface LineStanding {
  amountCents: number;
  billedCents: number;
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

/** True where a share goes the way of what is left, and not beyond it. */
function isWithin(share: number, left: number): boolean {
  return left >= 0 ? share >= 0 && share <= left : share <= 0 && share >= left;
}
