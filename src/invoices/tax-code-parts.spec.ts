import { describe, expect, it } from 'vitest';
import { partsByCode, type RateOfTax } from './tax-code-parts.js';

describe('The tax codes of an invoice', () => {
  const line = (taxCode: string | null, amountCents: number) => ({ taxCode, amountCents });
  const tax = (netCents: number, taxCents: number, rateId: string | null = null): RateOfTax => ({
    rateId,
    netCents,
    taxCents,
  });
  const CODES = [
    { id: 'S', rateIds: ['20'] },
    { id: 'R', rateIds: ['5'] },
    { id: 'N', rateIds: [] },
    { id: 'GST', rateIds: ['gst'] },
    { id: 'BOTH', rateIds: ['gst', 'pst'] },
  ];

  it('are known by what QuickBooks has counted on what', () => {
    const lines = [line('S', 83_334), line('R', 74_073), line('N', 33_333), line('S', 334)];
    expect(partsByCode(lines, [tax(83_668, 16_734), tax(74_073, 3_704)])).toEqual([
      { taxCode: 'S', netCents: 83_668, taxCents: 16_734 },
      { taxCode: 'R', netCents: 74_073, taxCents: 3_704 },
    ]);
    // A state and a city tax the same amount.
    const group = [tax(1_000, 60), tax(1_000, 25)];
    expect(partsByCode([line('TAX', 1_000), line('NON', 500)], group)).toEqual([
      { taxCode: 'TAX', netCents: 1_000, taxCents: 85 },
    ]);
  });

  it('are known where half of it is exempt in the US, and where a discount came off all that is taxed', () => {
    expect(partsByCode([line('NON', 500), line('TAX', 500)], [tax(500, 40)])).toEqual([
      { taxCode: 'TAX', netCents: 500, taxCents: 40 },
    ]);
    const cityAndState = [tax(450, 27), tax(450, 9)];
    expect(partsByCode([line('TAX', 500), line('NON', 100)], cityAndState)).toEqual([
      { taxCode: 'TAX', netCents: 450, taxCents: 36 },
    ]);
  });

  it.each([
    {
      what: 'as much stands under one as under others',
      lines: [line('R', 100), line('S', 100), line('N', 100)],
      taxLines: [tax(100, 5, '5'), tax(100, 20, '20')],
      parts: [
        ['R', 100, 5],
        ['S', 100, 20],
      ],
    },
    {
      what: 'a discount came off under each',
      lines: [line('S', 100), line('N', 100), line('R', 200)],
      taxLines: [tax(90, 18, '20'), tax(180, 9, '5')],
      parts: [
        ['S', 90, 18],
        ['R', 180, 9],
      ],
    },
    {
      what: 'a rate is that of two',
      lines: [line('GST', 1_001), line('BOTH', 3_000)],
      taxLines: [tax(4_001, 200, 'gst'), tax(3_000, 210, 'pst')],
      parts: [
        ['GST', 1_001, 50],
        ['BOTH', 3_000, 150 + 210],
      ],
    },
    {
      what: 'a discount came off a rate of two',
      lines: [line('GST', 1_000), line('BOTH', 3_000)],
      taxLines: [tax(3_600, 180, 'gst'), tax(2_700, 189, 'pst')],
      parts: [
        ['GST', 900, 45],
        ['BOTH', 2_700, 135 + 189],
      ],
    },
  ])('are known by their rates where $what', ({ lines, taxLines, parts }) => {
    expect(partsByCode(lines, taxLines)).toBeNull();
    const expected = parts.map(([taxCode, netCents, taxCents]) => ({ taxCode, netCents, taxCents }));
    expect(partsByCode(lines, taxLines, CODES)).toEqual(expected);
  });

  it('are not known where a surtax is on the first dollars alone, in whatever order it is named', () => {
    const lines = [line('TAX', 3_000_000), line('NON', 100)];
    const [state, county] = [tax(3_000_000, 180_000), tax(500_000, 5_000)];
    expect(partsByCode(lines, [state, county])).toBeNull();
    expect(partsByCode(lines, [county, state])).toBeNull();
    // Nor where QuickBooks does not say on what a rate is.
    expect(partsByCode(lines, [tax(0, 180_000)])).toBeNull();
  });

  it.each([
    { what: 'a line has none', lines: [line(null, 100)], taxLines: [tax(100, 20)] },
    { what: 'a rate is of none', lines: [line('S', 100), line('R', 100)], taxLines: [tax(100, 20, '7')] },
    {
      what: 'a rate of two is on more than stands under the other',
      lines: [line('GST', 1_000), line('BOTH', 3_000)],
      taxLines: [tax(3_800, 190, 'gst'), tax(2_700, 189, 'pst')],
    },
  ])('are not where $what', ({ lines, taxLines }) => {
    expect(partsByCode(lines, taxLines, CODES)).toBeNull();
  });
});
