import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotMoneyError, sumCents } from '../platform/money/cents.js';
import { chargeableCents, chargeLimits, chargeStepCents } from '../platform/money/charge-amount.js';
import { chargeProblem, depositCents } from '../proposals/deposit.js';
import { centsFromStripe, stripeAmountOf } from './stripe-amount.js';

const CURRENCIES = ['USD', 'EUR', 'JPY', 'KRW', 'ISK', 'UGX', 'KWD', 'TND'] as const;
const currency = fc.constantFrom(...CURRENCIES);
const cents = fc.integer({ min: 0, max: 10 ** 13 - 1 });
const percent = fc.integer({ min: 1, max: 10_000 }).map((points) => points / 100);

describe('An amount as Stripe counts it', () => {
  it.each([
    { currency: 'USD', cents: 330_750, amount: 330_750 },
    { currency: 'JPY', cents: 50_000, amount: 500 },
    { currency: 'KWD', cents: 512, amount: 5_120 },
    { currency: 'ISK', cents: 500, amount: 500 },
    { currency: 'UGX', cents: 500, amount: 500 },
    { currency: 'HUF', cents: 1_045, amount: 1_045 },
  ])('of $cents hundredths of $currency is $amount, and back', ({ currency: code, cents: ours, amount }) => {
    expect(stripeAmountOf(ours, code)).toBe(amount);
    expect(centsFromStripe(amount, code)).toBe(ours);
  });

  it.each(['JPY', 'ISK', 'UGX'])('is none for a fraction of one %s', (code) => {
    expect(() => stripeAmountOf(150, code)).toThrow(NotMoneyError);
  });

  it.each([1.5, Number.NaN, 2 ** 53])('is none for %d', (value) => {
    expect(() => stripeAmountOf(value, 'USD')).toThrow(NotMoneyError);
    expect(() => centsFromStripe(value, 'USD')).toThrow(NotMoneyError);
  });

  it('ends in 0 in currencies of three decimals, as Stripe asks', () => {
    fc.assert(
      fc.property(cents, (ours) => {
        expect(stripeAmountOf(ours, 'KWD') % 10).toBe(0);
      }),
    );
  });

  it('comes back as it went, whatever the currency', () => {
    fc.assert(
      fc.property(cents, currency, (ours, code) => {
        const charged = chargeableCents(ours, code);
        expect(centsFromStripe(stripeAmountOf(charged, code), code)).toBe(charged);
      }),
    );
  });

  it('given back in parts is the whole', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { maxLength: 20 });
    fc.assert(
      fc.property(amounts, currency, (parts, code) => {
        const charged = parts.map((part) => chargeableCents(part, code));
        const atStripe = charged.map((part) => stripeAmountOf(part, code));
        expect(
          centsFromStripe(
            atStripe.reduce((sum, part) => sum + part, 0),
            code,
          ),
        ).toBe(sumCents(charged));
      }),
    );
  });
});

describe('A chargeable amount', () => {
  it.each([
    { currency: 'JPY', cents: 3_749, is: 3_700 },
    { currency: 'JPY', cents: 3_750, is: 3_800 },
    { currency: 'ISK', cents: 3_750, is: 3_800 },
    { currency: 'USD', cents: 3_750, is: 3_750 },
    { currency: 'KWD', cents: 3_751, is: 3_751 },
  ])('nearest to $cents hundredths of $currency is $is', ({ currency: code, cents: ours, is }) => {
    expect(chargeableCents(ours, code)).toBe(is);
  });

  it('is half a step away at the most, half of it up', () => {
    fc.assert(
      fc.property(cents, currency, (ours, code) => {
        const off = chargeableCents(ours, code) - ours;
        const half = chargeStepCents(code) / 2;
        expect(off).toBeGreaterThan(-half);
        expect(off).toBeLessThanOrEqual(half);
      }),
    );
  });
});

describe('A deposit', () => {
  it.each([
    { total: 1_250_050, percent: 30, currency: 'USD', is: 375_015 },
    { total: 1_000_001, percent: 33.33, currency: 'USD', is: 333_300 },
    { total: 5, percent: 30, currency: 'USD', is: 5 },
    { total: 200, percent: 30, currency: 'USD', is: 100 },
    { total: 15, percent: 50, currency: 'USD', is: 15 },
    { total: 200, percent: 30, currency: 'DKK', is: 200 },
    { total: 1_000, percent: 10, currency: 'DKK', is: 250 },
    { total: 100_100, percent: 30, currency: 'JPY', is: 30_000 },
    { total: 1_234_500, percent: 30, currency: 'JPY', is: 370_400 },
    { total: 1_235_000, percent: 30, currency: 'JPY', is: 370_500 },
    { total: 1_235_000, percent: 100, currency: 'JPY', is: 1_235_000 },
    { total: 150, percent: 100, currency: 'JPY', is: 100 },
    { total: 99, percent: 100, currency: 'JPY', is: null },
    { total: 0, percent: 30, currency: 'USD', is: null },
  ])('of $percent % of $total in $currency is $is', ({ total, percent: share, currency: code, is }) => {
    expect(depositCents(total, share, code)).toBe(is);
  });

  it('and the rest are the total; it is chargeable, a hundred cents at least, never more than the total', () => {
    fc.assert(
      fc.property(cents, percent, currency, (total, share, code) => {
        const deposit = depositCents(total, share, code) ?? 0;
        expect(deposit > 0).toBe(total >= chargeStepCents(code));
        expect(sumCents([deposit, total - deposit])).toBe(total);
        expect(total - deposit).toBeGreaterThanOrEqual(0);
        expect(deposit).toBeGreaterThanOrEqual(total < chargeStepCents(code) ? 0 : Math.min(100, total));
        expect(centsFromStripe(stripeAmountOf(deposit, code), code)).toBe(deposit);
      }),
    );
  });
});

describe('What Stripe charges at the least and the most', () => {
  it.each([
    { currency: 'USD', least: 50, most: 99_999_999 },
    { currency: 'GBP', least: 30, most: 99_999_999 },
    { currency: 'JPY', least: 5_000, most: 9_999_999_900 },
    { currency: 'KWD', least: 5, most: 9_999_999 },
    { currency: 'IDR', least: 50, most: 999_999_999_999 },
  ])('of $currency is $least and $most', ({ currency: code, least, most }) => {
    expect(chargeLimits(code)).toEqual({ leastCents: least, mostCents: most });
    expect(chargeProblem(least, code)).toBeNull();
    expect(chargeProblem(most, code)).toBeNull();
    expect(chargeProblem(least - 1, code)).toMatchObject({ code: 'amount_below_minimum' });
    expect(chargeProblem(most + 1, code)).toMatchObject({ code: 'amount_above_maximum' });
  });
});
