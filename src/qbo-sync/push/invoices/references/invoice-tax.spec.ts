import { describe, expect, it } from 'vitest';
import { taxCodeOf, taxOf, type TaxTerms, totalWithTaxCents, UNTAXED } from './invoice-tax.js';

const LINES = [
  { kind: 'work' as const, amountCents: 1_000_000 },
  { kind: 'work' as const, amountCents: -100_000 },
  { kind: 'deposit' as const, amountCents: -300_000 },
  { kind: 'retainage' as const, amountCents: -90_000 },
];
const QBO: TaxTerms = { ...UNTAXED, mode: 'qbo' };
const OURS: TaxTerms = { ...UNTAXED, mode: 'ours', percent: 8.25 };
const drafted = (terms: TaxTerms) => ({
  lines: LINES.map(({ amountCents }) => ({ itemId: '1', description: '', amountCents })),
  ...taxOf(LINES, terms, 'USD'),
});

describe('The tax of an invoice', () => {
  it.each<{ name: string; terms: TaxTerms; codes: string[] }>([
    { name: 'where nothing is taxed', terms: UNTAXED, codes: ['NON', 'NON', 'NON'] },
    { name: 'where QuickBooks counts it', terms: QBO, codes: ['TAX', 'NON', 'NON'] },
    { name: 'where we count it', terms: OURS, codes: ['TAX', 'NON', 'NON'] },
    {
      name: 'outside the US, by the codes that were chosen',
      terms: { ...QBO, taxCode: '5', exemptTaxCode: '6' },
      codes: ['5', '6', '6'],
    },
    { name: 'outside the US without tax', terms: { ...UNTAXED, exemptTaxCode: '6' }, codes: ['6', '6', '6'] },
  ])('has a code on each line $name', ({ terms, codes }) => {
    expect((['work', 'deposit', 'retainage'] as const).map((kind) => taxCodeOf(kind, terms))).toEqual(codes);
  });

  it('is of the work alone, once, whatever is taken off it for deposit and retainage', () => {
    expect(taxOf(LINES, OURS, 'USD')).toEqual({ tax: { countedBy: 'us', cents: 74_250 } });
    // 9,000.00 at 8.875 %.
    expect(taxOf(LINES, { ...OURS, percent: 8.875 }, 'USD').tax).toEqual({ countedBy: 'us', cents: 79_875 });
    expect(taxOf(LINES, { ...OURS, percent: 10 }, 'JPY').tax).toEqual({ countedBy: 'us', cents: 90_000 });
  });

  it('says that amounts are before tax only outside the US, where QuickBooks wants it', () => {
    expect(taxOf(LINES, QBO, 'USD')).toEqual({ tax: { countedBy: 'quickbooks' } });
    expect(taxOf(LINES, { ...UNTAXED, exemptTaxCode: '6' }, 'GBP')).toEqual({ amountsAre: 'before_tax' });
  });

  it('belongs to the total that is expected: ours as sent, that of QuickBooks as answered', () => {
    expect(totalWithTaxCents(drafted(UNTAXED), { taxCents: 5_000 })).toBe(510_000);
    expect(totalWithTaxCents(drafted(QBO), { taxCents: 5_000 })).toBe(515_000);
    expect(totalWithTaxCents(drafted(OURS), { taxCents: 5_000 })).toBe(584_250);
  });
});
