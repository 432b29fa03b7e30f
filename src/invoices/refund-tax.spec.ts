import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refundedByCode, refundedTax, taxOnPart } from './refund-tax.js';

/** 400.00 of work at 20 %. */
const PROGRESS = { currency: 'USD', totalCents: 48_000, taxCents: 8_000, taxedCents: 40_000 };
/** 600.00 of work at 20 %, less a deposit of 300.00 that was billed without tax. */
const FINAL = { currency: 'USD', totalCents: 42_000, taxCents: 12_000, taxedCents: 60_000 };

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
    const untaxed = { currency: 'USD', totalCents: 30_000, taxCents: 0, taxedCents: 30_000 };
    expect(refundedTax(untaxed, { amountCents: 30_000, beforeCents: 0 })).toBeNull();
    expect(refundedTax(PROGRESS, { amountCents: 500, beforeCents: 48_000 })).toBeNull();
  });

  it('is counted by QuickBooks with the percentage that the invoice was taxed by', () => {
    expect(
      taxOnPart({ currency: 'USD', totalCents: 456_527, taxCents: 34_793, taxedCents: 421_734 }, 105_434),
    ).toBe(8_698);
    expect(taxOnPart(PROGRESS, 33_333)).toBe(6_667);
    // 33.333 % is none of two decimals: the proportion is.
    expect(taxOnPart({ currency: 'USD', totalCents: 4_000, taxCents: 1_000, taxedCents: 3_000 }, 300)).toBe(
      100,
    );
  });

  it('takes off the tax of the whole exactly, in however many parts', () => {
    const parts = fc.array(fc.integer({ min: 100, max: 90_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 40 }), (amounts, percent) => {
        const totalCents = amounts.reduce((sum, one) => sum + one, 0);
        const taxCents = Math.round((totalCents * percent) / (100 + percent));
        const taxedCents = totalCents - taxCents;
        const invoice = { currency: 'USD', totalCents, taxCents, taxedCents };
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

  it('leaves nothing beside what was taxed and its tax where the invoice is taxed as a whole', () => {
    // Both halves of 10.05 at 20 % end in half a cent.
    expect(refundedTax(PROGRESS, { amountCents: 1_005, beforeCents: 0 })).toEqual({
      netCents: 837,
      taxCents: 168,
    });
    const part = fc.integer({ min: 1, max: 48_000 });
    fc.assert(
      fc.property(part, part, (amountCents, beforeCents) => {
        const back = refundedTax(PROGRESS, { amountCents, beforeCents }) ?? { netCents: 0, taxCents: 0 };
        expect(back.netCents + back.taxCents).toBe(Math.max(0, Math.min(amountCents, 48_000 - beforeCents)));
      }),
    );
  });

  it('of an invoice in yen is of whole yen, also of its tax', () => {
    const invoice = { currency: 'JPY', totalCents: 11_000_00, taxCents: 1_000_00, taxedCents: 10_000_00 };
    expect(refundedTax(invoice, { amountCents: 1_000_00, beforeCents: 0 })).toEqual({
      netCents: 909_00,
      taxCents: 91_00,
    });
    const back = refundedTax(invoice, { amountCents: 1_000_00, beforeCents: 1_000_00 })!;
    expect(back).toEqual({ netCents: 909_00, taxCents: 91_00 });
    // QuickBooks kept hundredths of a yen of this one.
    const finer = { ...invoice, totalCents: 11_000_50, taxCents: 1_000_50 };
    expect(refundedTax(finer, { amountCents: 1_000_00, beforeCents: 0 })).toEqual({
      netCents: 909_05,
      taxCents: 90_95,
    });
  });

  it('is counted by QuickBooks with the percentage of the invoice, also where that has three decimals or four', () => {
    for (const percent of [8.875, 6.0625]) {
      const taxOf = (cents: number): number => Math.round((cents * percent * 10_000) / 1_000_000);
      fc.assert(
        fc.property(fc.integer({ min: 2_000_000, max: 90_000_000 }), fc.nat(), (taxedCents, some) => {
          const taxCents = taxOf(taxedCents);
          const invoice = { currency: 'USD', totalCents: taxedCents + taxCents, taxCents, taxedCents };
          const netCents = 400 * (1 + (some % 5_000));
          expect(taxOnPart(invoice, netCents)).toBe(taxOf(netCents));
        }),
        { examples: [[2_345_600, 124]] },
      );
    }
  });
});

describe('The parts of an invoice under its tax codes', () => {
  it('are given back together to the cent, in however many refunds', () => {
    const cents = fc.integer({ min: 1, max: 90_000 });
    const refunds = fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(cents, cents, refunds, (standard, reduced, amounts) => {
        const parts = [
          { taxCode: 'S', netCents: standard * 5, taxCents: standard },
          { taxCode: 'R', netCents: reduced * 20, taxCents: reduced },
        ];
        const whole = { currency: 'GBP', totalCents: standard * 6 + reduced * 21 };
        let beforeCents = 0;
        let taxCents = 0;
        for (const amountCents of [...amounts, whole.totalCents]) {
          const left = Math.min(amountCents, whole.totalCents - beforeCents);
          const back = refundedByCode(whole, parts, { amountCents: left, beforeCents });
          const gross = back.reduce((sum, one) => sum + one.netCents + one.taxCents, 0);
          expect(Math.abs(gross - left)).toBeLessThanOrEqual(back.length === 2 ? 0 : 1);
          taxCents += back.reduce((sum, one) => sum + one.taxCents, 0);
          beforeCents += left;
        }
        expect(Math.abs(taxCents - standard - reduced)).toBeLessThanOrEqual(amounts.length);
      }),
    );
  });
});
