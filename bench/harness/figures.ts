/**
 * The value that `share` of the values do not exceed, by the nearest rank: always one that was measured, never one
 * between two. `share` is above 0 and at most 1. Throws where there are no values. Pure.
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('There is no percentile of nothing');
  if (!(share > 0 && share <= 1)) throw new Error(`A share is above 0 and at most 1, not ${share}`);
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A number as people read it: thousands apart, as many decimals as its size deserves. Pure. */
export function readable(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
