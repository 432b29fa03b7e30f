import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineShares, type LineStanding } from './line-shares.js';

const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0);

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
