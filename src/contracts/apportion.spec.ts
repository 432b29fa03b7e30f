import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion, lineShares, type LineStanding } from './apportion.js';

const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0);

describe('Splitting an amount by largest remainder', () => {
  it.each([
    { cents: 100, weights: [1, 1, 1], parts: [34, 33, 33] },
    { cents: 1000, weights: [700, -200, 500], parts: [700, -200, 500] },
    { cents: 5, weights: [10, -5], parts: [10, -5] },
    { cents: 0, weights: [3, -3], parts: [0, 0] },
  ])('$cents over $weights is $parts', ({ cents, weights, parts }) => {
    expect(apportion(cents, weights)).toEqual(parts);
  });

  it('keeps to whole yen', () => {
    expect(apportion(10_000, [1, 1, 1], 100)).toEqual([3_400, 3_300, 3_300]);
  });

  it('refuses weights that come to nothing', () => {
    expect(() => apportion(10, [5, -5])).toThrow(RangeError);
  });
});

/** A contract over something, with discounts of at most what is offered. */
const aContract = fc
  .array(fc.integer({ min: -5_000_000, max: 20_000_000 }), { minLength: 1, maxLength: 12 })
  .filter((amounts) => sum(amounts) > 0);

describe('The lines of an invoice', () => {
  it('sum to the invoice, and over all invoices each line sums to itself', () => {
    const plan = fc.tuple(aContract, fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }));
    fc.assert(
      fc.property(plan, ([amounts, percents]) => {
        const value = sum(amounts);
        const lines: LineStanding[] = amounts.map((amountCents) => ({ amountCents, billedCents: 0 }));
        const bill = (cents: number): void => {
          const shares = lineShares(lines, cents);
          expect(sum(shares)).toBe(cents);
          lines.forEach((line, index) => (line.billedCents += shares[index]!));
        };
        let left = value;
        for (const percent of percents) {
          const cents = Math.min(left, Math.round((value * percent) / 100));
          bill(cents);
          left -= cents;
          for (const { amountCents, billedCents } of lines) {
            expect(Math.abs(billedCents)).toBeLessThanOrEqual(Math.abs(amountCents));
            expect(billedCents * amountCents).toBeGreaterThanOrEqual(0);
          }
        }
        bill(left);
        expect(lines.map(({ billedCents }) => billedCents)).toEqual(amounts);
      }),
      { numRuns: 1_000 },
    );
  });

  it('stand at their cumulative share, to the cent', () => {
    const lines = [
      { amountCents: 333_333, billedCents: 0 },
      { amountCents: 333_333, billedCents: 0 },
      { amountCents: 333_334, billedCents: 0 },
    ];
    expect(lineShares(lines, 400_000)).toEqual([133_333, 133_333, 133_334]);
  });

  it('take nothing back of a line when the contract grew', () => {
    const lines = [
      { amountCents: 1_000_000, billedCents: 900_000 },
      { amountCents: 1_000_000, billedCents: 0 },
    ];
    expect(lineShares(lines, 50_000)).toEqual([4_545, 45_455]);
  });

  it('follow the amounts with what invoices that were changed in the books left over', () => {
    const lines = [
      { amountCents: 60_000, billedCents: 30_000 },
      { amountCents: 40_000, billedCents: 20_000 },
    ];
    expect(lineShares(lines, 51_000)).toEqual([30_600, 20_400]);
  });
});
