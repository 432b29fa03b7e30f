import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byCurrency, MixedCurrenciesError, sumIn } from './money.js';

const centsOf = ({ cents }: { cents: number }) => cents;
const someAmount = fc.record({
  currency: fc.constantFrom('USD', 'EUR', 'JPY'),
  cents: fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
});

describe('Amounts of money', () => {
  it('are added in their own currency, each once', () => {
    fc.assert(
      fc.property(fc.array(someAmount), (amounts) => {
        const sums = byCurrency(amounts).map(([currency, rows]) => [
          currency,
          sumIn(currency, rows, centsOf),
        ]);
        expect(sums.map(([currency]) => currency)).toEqual(
          [...new Set(amounts.map(({ currency }) => currency))].toSorted(),
        );
        for (const [currency, sum] of sums) {
          const ours = amounts.filter((one) => one.currency === currency);
          expect(sum).toBe(ours.reduce((total, { cents }) => total + cents, 0));
        }
      }),
    );
  });

  it('of two currencies are never added', () => {
    const amounts = [
      { currency: 'USD', cents: 100 },
      { currency: 'EUR', cents: 0 },
    ];
    expect(() => sumIn('USD', amounts, centsOf)).toThrow(MixedCurrenciesError);
    expect(() => sumIn('USD', amounts, centsOf)).toThrow(/EUR was about to be added to amounts in USD/);
  });
});
