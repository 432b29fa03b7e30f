import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  centsFromDecimal,
  decimalFromCents,
  decimalTextFromCents,
  lineAmountCents,
  NotMoneyError,
  percentOfCents,
  shareOfCents,
  sumCents,
} from './cents.js';

const cents = fc.integer({ min: -(10 ** 13), max: 10 ** 13 });

describe('A decimal amount from a vendor', () => {
  it.each([
    { amount: 100, is: 10_000 },
    { amount: 629.1, is: 62_910 },
    { amount: '387.00', is: 38_700 },
    { amount: '0.07', is: 7 },
    { amount: 0.1 + 0.2, is: 30 },
    { amount: -0.05, is: -5 },
    { amount: ' 12.5 ', is: 1_250 },
    { amount: '1.005', is: 101 },
    { amount: '-1.005', is: -101 },
    { amount: '1.00499', is: 100 },
    { amount: '-0.00', is: 0 },
    { amount: -0, is: 0 },
    { amount: -7, is: -700 },
    { amount: 100_000_000_000, is: 10_000_000_000_000 },
    { amount: '90071992547409.91', is: Number.MAX_SAFE_INTEGER },
  ])('$amount is $is cents', ({ amount, is }) => {
    expect(centsFromDecimal(amount)).toBe(is);
  });

  it.each([
    { amount: '' },
    { amount: '1,000.00' },
    { amount: '$5' },
    { amount: '1e3' },
    { amount: '.5' },
    { amount: null },
    { amount: undefined },
    { amount: true },
    { amount: {} },
    { amount: Number.NaN },
    { amount: Number.POSITIVE_INFINITY },
    { amount: 1e21 },
    { amount: 1e-7 },
    { amount: '999999999999999' },
    { amount: '90071992547409.92' },
    { amount: 90_071_992_547_410 },
  ])('$amount is refused', ({ amount }) => {
    expect(() => centsFromDecimal(amount)).toThrow(NotMoneyError);
  });

  it('is the same amount after going out and coming back', () => {
    fc.assert(
      fc.property(cents, (amount) => {
        expect(centsFromDecimal(decimalTextFromCents(amount))).toBe(amount);
        expect(centsFromDecimal(decimalFromCents(amount))).toBe(amount);
      }),
    );
  });
});

describe('Cents as decimal text', () => {
  it.each([
    { amount: 12_345, text: '123.45' },
    { amount: -5, text: '-0.05' },
    { amount: 0, text: '0.00' },
    { amount: 100, text: '1.00' },
  ])('$amount is $text', ({ amount, text }) => {
    expect(decimalTextFromCents(amount)).toBe(text);
  });

  it('refuses half a cent', () => {
    expect(() => decimalTextFromCents(0.5)).toThrow(NotMoneyError);
  });
});

describe('The price of a line', () => {
  it.each([
    { quantity: 2, unitPriceCents: 45_000, is: 90_000 },
    { quantity: 24.5, unitPriceCents: 45_001, is: 1_102_525 },
    { quantity: 0.5, unitPriceCents: 1, is: 1 },
    { quantity: 0.5, unitPriceCents: -1, is: 0 },
    { quantity: 1.5, unitPriceCents: -1, is: -1 },
    { quantity: 0.4999, unitPriceCents: 1, is: 0 },
    { quantity: 1.005, unitPriceCents: 100, is: 101 },
    { quantity: 1.1, unitPriceCents: 1_000_000_000_001, is: 1_100_000_000_001 },
  ])('$quantity at $unitPriceCents cents is $is cents', ({ quantity, unitPriceCents, is }) => {
    expect(lineAmountCents(quantity, unitPriceCents)).toBe(is);
  });

  it('is at most half a cent from the exact product', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 8 }),
        fc.integer({ min: -(10 ** 7), max: 10 ** 7 }),
        (tenThousandths, price) => {
          const exact = BigInt(tenThousandths) * BigInt(price);
          const rounded = BigInt(lineAmountCents(tenThousandths / 10_000, price)) * 10_000n;
          const off = rounded - exact;
          expect(off > -5_000n && off <= 5_000n).toBe(true);
        },
      ),
    );
  });
});

describe('A share in percent', () => {
  it.each([
    { amount: 1_000_000, percent: 30, is: 300_000 },
    { amount: 101, percent: 50, is: 51 },
    { amount: 10_001, percent: 33.33, is: 3_333 },
    { amount: 1, percent: 0.01, is: 0 },
    { amount: 1_234_567, percent: 8.875, is: 109_568 },
    { amount: 100_000, percent: 6.0625, is: 6_063 },
    { amount: 9_999_999_999_999, percent: 12.5, is: 1_250_000_000_000 },
  ])('of $amount at $percent % is $is', ({ amount, percent, is }) => {
    expect(percentOfCents(amount, percent)).toBe(is);
  });

  it('in whole yen is rounded once: what is 0.4999 of a yen too much is none', () => {
    // 15,003 yen at 33.33 % are 5,000.4999, and 1,600 yen at 8.875 % are 142 yen.
    expect(percentOfCents(1_500_300, 33.33, 100)).toBe(500_000);
    expect(percentOfCents(160_000, 8.875, 100)).toBe(14_200);
    expect(shareOfCents(500_049, 500_049, 500_049, 100)).toBe(500_000);
    expect(shareOfCents(100_000, 4_999, 10_000, 100)).toBe(50_000);
    expect(lineAmountCents(0.3333, 1_500_300, 100)).toBe(500_000);
    const inYen = fc.nat({ max: 10 ** 10 }).map((yen) => yen * 100);
    fc.assert(
      fc.property(inYen, fc.integer({ min: 1, max: 10_000 }), (amount, basisPoints) => {
        const exact = (BigInt(amount) * BigInt(basisPoints)) / 10_000n;
        const share = BigInt(percentOfCents(amount, basisPoints / 100, 100));
        expect(share % 100n).toBe(0n);
        expect(exact - share >= -50n && exact - share < 50n).toBe(true);
      }),
    );
  });

  it('lies between nothing and the whole, and the whole is 100 %', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 13 }), fc.integer({ min: 1, max: 10_000 }), (amount, basisPoints) => {
        const share = percentOfCents(amount, basisPoints / 100);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(amount);
        expect(percentOfCents(amount, 100)).toBe(amount);
      }),
    );
  });

  it('and the rest of it are the whole, to a cent of rounding', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 13 }), fc.integer({ min: 1, max: 99 }), (amount, percent) => {
        const parts = percentOfCents(amount, percent) + percentOfCents(amount, 100 - percent);
        expect(parts - amount).toBeOneOf([0, 1]);
      }),
    );
  });
});

describe('A sum', () => {
  it('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 200 }), (amounts) => {
        expect(sumCents(amounts)).toBe(sumCents(amounts.toReversed()));
      }),
    );
  });

  it('is refused where a number could not hold it exactly', () => {
    expect(() => sumCents([Number.MAX_SAFE_INTEGER, 1])).toThrow(NotMoneyError);
    expect(sumCents([Number.MAX_SAFE_INTEGER, 1, -1])).toBe(Number.MAX_SAFE_INTEGER);
    expect(sumCents([Number.MAX_SAFE_INTEGER, 2, -Number.MAX_SAFE_INTEGER])).toBe(2);
    expect(() => sumCents([0.5, 0.5])).toThrow(RangeError);
  });
});
