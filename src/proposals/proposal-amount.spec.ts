import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumCents } from '../platform/money/cents.js';
import { CENTS_MAX } from '../platform/money/cents.js';
import { type OfferedLine, priceLines } from './proposal-amount.js';

const aLine = (line: Partial<OfferedLine>): OfferedLine => ({
  description: 'Shingles, per square',
  quantity: 1,
  unitPriceCents: 100,
  ...line,
});

const anyLine = fc.record({
  description: fc.constant('Shingles, per square'),
  quantity: fc.integer({ min: 1, max: 10 ** 8 }).map((tenThousandths) => tenThousandths / 10_000),
  unitPriceCents: fc.integer({ min: -1_000, max: 10 ** 8 }),
});

describe('The amount of a proposal', () => {
  it('is the sum of its rounded lines', () => {
    const halves = [aLine({ quantity: 0.5, unitPriceCents: 1 }), aLine({ quantity: 0.5, unitPriceCents: 1 })];
    const pricing = priceLines(halves, 'USD');
    expect(pricing).toMatchObject({
      ok: true,
      totalCents: 2,
      lines: [{ amountCents: 1 }, { amountCents: 1 }],
    });
  });

  it('is the sum of its lines, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 200 }), (lines) => {
        const pricing = priceLines(lines, 'USD');
        if (!pricing.ok) return;
        expect(pricing.lines).toHaveLength(lines.length);
        expect(pricing.totalCents).toBe(sumCents(pricing.lines.map((line) => line.amountCents)));
      }),
    );
  });

  it('is whole where its currency has whole units only, line by line; a unit price may be finer', () => {
    const lines = [
      aLine({ quantity: 3, unitPriceCents: 33_333 }),
      aLine({ quantity: 1_000, unitPriceCents: 50 }),
      aLine({ unitPriceCents: -10_050 }),
    ];
    expect(priceLines(lines, 'JPY')).toMatchObject({
      ok: true,
      totalCents: 140_000,
      lines: [{ amountCents: 100_000 }, { amountCents: 50_000 }, { amountCents: -10_000 }],
    });
    expect(priceLines(lines, 'USD')).toMatchObject({ ok: true, totalCents: 139_949 });
  });

  it('is 0 without lines', () => {
    expect(priceLines([], 'USD')).toEqual({ ok: true, lines: [], totalCents: 0 });
  });

  it('is less by a discount line', () => {
    const lines = [aLine({ unitPriceCents: 1_000 }), aLine({ unitPriceCents: -250 })];
    expect(priceLines(lines, 'USD')).toMatchObject({ ok: true, totalCents: 750 });
  });

  it('is never negative', () => {
    const lines = [aLine({ unitPriceCents: 1_000 }), aLine({ unitPriceCents: -1_001 })];
    expect(priceLines(lines, 'USD')).toMatchObject({ ok: false, problems: [{ field: 'lines' }] });
  });

  it('names each line that is too large', () => {
    const lines = [aLine({}), aLine({ quantity: 2, unitPriceCents: CENTS_MAX })];
    expect(priceLines(lines, 'USD')).toMatchObject({
      ok: false,
      problems: [{ field: 'lines.1.unit_price_cents' }],
    });
  });

  it('is too large where lines that are not are added up', () => {
    const lines = [aLine({ unitPriceCents: CENTS_MAX }), aLine({ unitPriceCents: 1 })];
    expect(priceLines(lines, 'USD')).toMatchObject({ ok: false, problems: [{ field: 'lines' }] });
    expect(priceLines(lines.slice(0, 1), 'USD')).toMatchObject({ ok: true, totalCents: CENTS_MAX });
  });
});
