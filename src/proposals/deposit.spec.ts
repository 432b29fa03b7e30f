import { describe, expect, it } from 'vitest';
import { depositOf } from './deposit.js';

/** Of a proposal over ¥1,000, but for what is said. */
function asked(written: { percent?: number; cents?: number; total?: number; currency?: string }) {
  const proposal = {
    amountCents: written.total ?? 100_000,
    currency: written.currency ?? 'JPY',
    depositPercent: written.percent ?? null,
    depositCents: written.cents ?? null,
  };
  return depositOf(proposal, 30).cents;
}

describe('A deposit that was written by SQL', () => {
  it.each([
    { what: 'the cents alone', written: { cents: 33_350 }, is: 33_400 },
    { what: 'percent and cents', written: { cents: 33_333, percent: 33.33 }, is: 33_300 },
    {
      what: 'percent and cents of dollars',
      written: { cents: 33_333, percent: 33.33, currency: 'USD' },
      is: 33_333,
    },
    { what: 'more than a whole that is no yen', written: { cents: 200_000, total: 100_050 }, is: 100_000 },
    {
      what: 'both, more than such a whole',
      written: { cents: 200_000, percent: 100, total: 100_050 },
      is: 100_000,
    },
  ])('is asked for in what its currency is charged in: $what', ({ written, is }) => {
    expect(asked(written)).toBe(is);
  });

  it('stays as it is where the whole is not known', () => {
    expect(asked({ cents: 33_300, percent: 30, total: 0 })).toBe(33_300);
    expect(asked({ cents: 33_300, total: 0 })).toBeNull();
  });
});
