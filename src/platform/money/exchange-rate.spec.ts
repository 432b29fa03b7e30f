import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotMoneyError } from './cents.js';
import { exchangeRateOf, homeCentsAt, isAtPar } from './exchange-rate.js';

describe('An exchange rate', () => {
  it.each([
    { given: 1.0845, is: '1.0845' },
    { given: '0.006700000', is: '0.0067' },
    { given: 150, is: '150' },
    { given: 1e-7, is: '0.0000001' },
    { given: '1.23456789049', is: '1.23456789' },
    { given: '1.2345678905', is: '1.234567891' },
  ])('$given is kept as $is', ({ given, is }) => {
    expect(exchangeRateOf(given)).toBe(is);
  });

  it.each([0, -1, '', 'EUR', null, undefined, Number.NaN, '0.0000000001'])('cannot be %s', (given) => {
    expect(() => exchangeRateOf(given)).toThrow(NotMoneyError);
  });

  it.each([
    { cents: 100_000, rate: '1.0845', home: 108_450 },
    { cents: 12_345, rate: '1.1', home: 13_580 },
    { cents: -12_345, rate: '1.1', home: -13_580 },
    { cents: 50_000, rate: '0.0067', home: 335 },
    { cents: 1, rate: '0.0067', home: 0 },
    { cents: -1, rate: '0.0067', home: 0 },
  ])('of $rate makes $cents cents $home of the home currency', ({ cents, rate, home }) => {
    expect(homeCentsAt(cents, rate)).toBe(home);
  });

  it('is at most half a cent from the exact product', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 9 }), fc.integer({ min: 1, max: 10 ** 9 }), (cents, millionths) => {
        const rate = exchangeRateOf((millionths / 10 ** 6).toFixed(6));
        const off = BigInt(homeCentsAt(cents, rate)) * 2_000_000n - 2n * BigInt(cents) * BigInt(millionths);
        expect(off >= -1_000_000n && off <= 1_000_000n).toBe(true);
      }),
    );
  });

  it('of 1 is real between a currency and the one it is pegged to, and no others', () => {
    expect([isAtPar('USD', 'BSD'), isAtPar('BSD', 'USD'), isAtPar('EUR', 'EUR')]).toEqual([true, true, true]);
    expect([isAtPar('USD', 'EUR'), isAtPar('JPY', 'USD'), isAtPar('BSD', 'EUR')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
