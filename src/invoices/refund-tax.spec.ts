import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refundedTax, taxOnPart } from './refund-tax.js';

/** 400.00 of work at 20 %. */
const PROGRESS = { totalCents: 48_000, taxCents: 8_000, taxedCents: 40_000 };
/** 600.00 of work at 20 %, less a deposit of 300.00 that was billed without tax. */
const FINAL = { totalCents: 42_000, taxCents: 12_000, taxedCents: 60_000 };

describe('A refund of a taxed invoice', () => {
  it('is of the work and of its tax, in the proportion of the invoice', () => {
    expect(refundedTax(PROGRESS, { amountCents: 48_000, beforeCents: 0 })).toEqual({
      netCents: 40_000,
      taxCents: 8_000,
    });
    expect(refundedTax(PROGRESS, { amountCents: 1_200, beforeCents: 0 })).toEqual({
      netCents: 1_000,
      taxCents: 200,
    });
    expect(refundedTax(FINAL, { amountCents: 4_200, beforeCents: 0 })).toEqual({
      netCents: 6_000,
      taxCents: 1_200,
    });
  });

  it('is of no tax where the invoice had none, and of none that is given back already', () => {
    const untaxed = { totalCents: 30_000, taxCents: 0, taxedCents: 30_000 };
    expect(refundedTax(untaxed, { amountCents: 30_000, beforeCents: 0 })).toBeNull();
    expect(refundedTax(PROGRESS, { amountCents: 500, beforeCents: 48_000 })).toBeNull();
  });

  it('is counted by QuickBooks with the percentage that the invoice was taxed by', () => {
    expect(taxOnPart({ totalCents: 456_527, taxCents: 34_793, taxedCents: 421_734 }, 105_434)).toBe(8_698);
    expect(taxOnPart(PROGRESS, 33_333)).toBe(6_667);
    // 33.333 % is none of two decimals: the proportion is.
    expect(taxOnPart({ totalCents: 4_000, taxCents: 1_000, taxedCents: 3_000 }, 300)).toBe(100);
  });

  it('takes off the tax of the whole exactly, in however many parts', () => {
    const parts = fc.array(fc.integer({ min: 100, max: 90_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 40 }), (amounts, percent) => {
        const totalCents = amounts.reduce((sum, one) => sum + one, 0);
        const taxCents = Math.round((totalCents * percent) / (100 + percent));
        const invoice = { totalCents, taxCents, taxedCents: totalCents - taxCents };
        const back = { beforeCents: 0, taxCents: 0, netCents: 0 };
        for (const amountCents of amounts) {
          const part = refundedTax(invoice, { amountCents, beforeCents: back.beforeCents })!;
          back.beforeCents += amountCents;
          back.taxCents += part.taxCents;
          back.netCents += part.netCents;
        }
        expect(back).toEqual({ beforeCents: totalCents, taxCents, netCents: invoice.taxedCents });
      }),
    );
  });
});
