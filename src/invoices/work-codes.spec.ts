import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codesOfWork, linesUnder } from './work-codes.js';

const WORK = '7';
const line = (amountCents: number, taxCode: string | null, itemId = WORK) => ({
  itemId,
  amountCents,
  taxCode,
});

describe('The tax codes of the work of an invoice', () => {
  const of = (...lines: ReturnType<typeof line>[]) => codesOfWork(lines, new Set([WORK]));

  it('are those of its lines, whatever their tax comes to, and not of what is taken off', () => {
    expect(of(line(60_000, 'NON'), line(-30_000, 'TAX', '8'))).toEqual([
      { taxCode: 'NON', amountCents: 60_000 },
    ]);
    expect(of(line(100, '3'), line(300, '6'), line(200, '3'))).toEqual([
      { taxCode: '3', amountCents: 300 },
      { taxCode: '6', amountCents: 300 },
    ]);
  });

  it('are not those of what a bookkeeper adds of another product, unless all is of others', () => {
    expect(of(line(100, '3'), line(50, '6', '9'))).toEqual([{ taxCode: '3', amountCents: 100 }]);
    expect(of(line(50, '6', '9'))).toEqual([{ taxCode: '6', amountCents: 50 }]);
  });

  it('are unknown where a line does not say its own, and where there is no work', () => {
    expect(of(line(100, '3'), line(50, null))).toBeNull();
    expect(of(line(-100, '3'))).toBeNull();
  });
});

describe('Lines under the tax codes of the work', () => {
  it('come to what they came to, in the proportion of the work', () => {
    const codes = [
      { taxCode: '3', amountCents: 10_000 },
      { taxCode: '6', amountCents: 20_000 },
    ];
    expect(linesUnder([{ amountCents: 1_000 }, { amountCents: -100 }], codes, 'GBP')).toEqual([
      { amountCents: 333, taxCode: '3' },
      { amountCents: 667, taxCode: '6' },
      { amountCents: -33, taxCode: '3' },
      { amountCents: -67, taxCode: '6' },
    ]);
  });

  it('come to it in any proportion, in whole yen where they were', () => {
    const cents = fc.integer({ min: -500_000, max: 500_000 }).map((yen) => yen * 100);
    const share = fc.integer({ min: 1, max: 10_000_000 });
    const shares = fc.array(share, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(cents, shares, (amountCents, amounts) => {
        const codes = amounts.map((one, index) => ({ taxCode: `${index}`, amountCents: one }));
        const split = linesUnder([{ amountCents }], codes, 'JPY').map((one) => one.amountCents);
        expect(split.reduce((sum, one) => sum + one, 0)).toBe(amountCents);
        expect(split.every((one) => one % 100 === 0)).toBe(true);
      }),
    );
  });
});
