import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumCents } from '../../platform/money/cents.js';
import {
  type Application,
  creditsOn,
  lowersBilled,
  NO_CREDITS,
  settlements,
  type SettledInvoice,
  type UsedMemo,
} from './settlements.js';
import { type ContractInvoice, standingOf } from '../billing/contract-standing.js';

/** 1,000.00 of work with 10 % tax. */
const INVOICE: SettledInvoice = {
  id: 1,
  kind: 'final',
  currency: 'USD',
  txnOn: '2026-05-01',
  totalCents: 110_000,
  taxCents: 10_000,
  releasedCents: 0,
  lines: [{ kind: 'work', cents: 100_000 }],
};
const CREDIT: Application = {
  id: 1,
  invoiceId: 1,
  kind: 'credit',
  on: '2026-05-02',
  cents: 11_000,
  isOwnMemo: false,
  isWriteOff: false,
  memo: null,
};

const UNTAXED: UsedMemo = { totalCents: 1_000_000_000, taxCents: 0, depositCents: 0, usedBeforeCents: 0 };

/** What credits take off what an invoice bills, before tax. */
const creditedCents = (invoice: SettledInvoice, applications: readonly Application[]): number =>
  creditsOn(invoice, applications).creditCents;

/** As a contract knows it, but for what it is over. */
const BILLED = {
  sequence: 1,
  generation: 1,
  state: 'open',
  isRefused: false,
  amountCents: null,
  retainedCents: 0,
  releasedCents: 0,
} as const;

const anInvoice: fc.Arbitrary<SettledInvoice> = fc
  .record({
    kind: fc.constantFrom('deposit', 'progress', 'final', 'retainage'),
    works: fc.array(fc.integer({ min: 1, max: 2_000_000 }), { minLength: 1, maxLength: 5 }),
    discount: fc.nat(900),
    taxPercent: fc.constantFrom(0, 5, 7.75, 8.25, 10, 20),
  })
  .map(({ kind, works, discount, taxPercent }) => {
    const whole = works.reduce((sum, one) => sum + one, 0);
    const less = Math.floor((whole * discount) / 1_000);
    const taxCents = Math.round(((whole - less) * taxPercent) / 100);
    const lines = [...works, -less].map((cents) => ({ kind: 'work' as const, cents }));
    return { ...INVOICE, kind, lines, taxCents, totalCents: whole - less + taxCents };
  });

/** What settles an invoice, in no order of days, the whole of it where the last parts are not left out. */
const settled = fc
  .record({
    invoice: anInvoice,
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
    kinds: fc.array(
      fc.constantFrom(
        { kind: 'payment', isOwnMemo: false, isWriteOff: false, memo: null } as const,
        { kind: 'credit', isOwnMemo: false, isWriteOff: false, memo: null } as const,
        { kind: 'credit', isOwnMemo: false, isWriteOff: false, memo: UNTAXED } as const,
        {
          kind: 'credit',
          isOwnMemo: false,
          isWriteOff: false,
          memo: { ...UNTAXED, taxCents: 400_000_000 },
        } as const,
        { kind: 'credit', isOwnMemo: true, isWriteOff: false, memo: null } as const,
        { kind: 'credit', isOwnMemo: false, isWriteOff: true, memo: null } as const,
      ),
      { minLength: 7, maxLength: 7 },
    ),
    days: fc.array(fc.constantFrom('2026-04-30', '2026-05-02', '2026-05-03', null), {
      minLength: 7,
      maxLength: 7,
    }),
    paidParts: fc.nat(7),
  })
  .map(({ invoice, cuts, kinds, days, paidParts }) => {
    const places = [...cuts.map((cut) => Math.floor(cut * invoice.totalCents)), invoice.totalCents];
    let before = 0;
    const parts = places
      .toSorted((one, other) => one - other)
      .map((place, index) => {
        const cents = place - before;
        before = place;
        return { id: index + 1, invoiceId: 1, on: days[index]!, cents, ...kinds[index]! };
      });
    const applications: Application[] = parts.filter(({ cents }) => cents > 0).slice(0, paidParts);
    return { invoice, applications };
  });

const sum = (some: readonly Application[]): number => some.reduce((total, { cents }) => total + cents, 0);

describe('What credits take off an invoice with tax', () => {
  it('is before its tax: 100.00 of a credit memo over 110.00 with tax of 10 %', () => {
    expect(creditedCents(INVOICE, [CREDIT])).toBe(10_000);
    expect(creditedCents({ ...INVOICE, totalCents: 100_000, taxCents: 0 }, [CREDIT])).toBe(11_000);
  });

  it('is whole yen of an invoice in yen, and no coarser than what QuickBooks kept of it', () => {
    const inYen = { ...INVOICE, currency: 'JPY' };
    expect(creditsOn(inYen, [{ ...CREDIT, cents: 10_000 }])).toMatchObject({
      creditCents: 9_100,
      creditTaxCents: 900,
    });
    expect(creditedCents(inYen, [{ ...CREDIT, cents: 10_050 }])).toBe(9_136);
  });

  it('is all of a credit memo without tax: the tax stays owed, also where nothing else is left', () => {
    const untaxed = { ...CREDIT, memo: UNTAXED };
    const all = { ...NO_CREDITS, creditCents: 11_000 };
    expect(creditsOn(INVOICE, [untaxed])).toEqual(all);
    expect(creditsOn(INVOICE, [{ ...untaxed, cents: 110_000 }])).toEqual({ ...all, creditCents: 110_000 });
    const [, paid] = settlements(INVOICE, [untaxed, { ...CREDIT, id: 2, kind: 'payment', cents: 99_000 }]);
    expect(Object.fromEntries(paid!.byItem)).toEqual({ work: 89_000, tax: 10_000 });
  });

  it('is work first on the invoice of a deposit that is held, but for what the credit memo says is of it', () => {
    const deposit = {
      ...INVOICE,
      kind: 'deposit',
      taxCents: 0,
      totalCents: 110_000,
      releasedCents: 25_000,
    } as const;
    const off = (...credits: Application[]): number[] => {
      const { creditCents, workCreditCents } = creditsOn(deposit, credits);
      return [creditCents, workCreditCents];
    };
    expect(off(CREDIT)).toEqual([11_000, 11_000]);
    expect(off({ ...CREDIT, cents: 15_000 }, { ...CREDIT, id: 2, cents: 15_000 })).toEqual([30_000, 25_000]);
    const memo = { ...UNTAXED, totalCents: 22_000, depositCents: 8_000 };
    expect(off({ ...CREDIT, memo })).toEqual([11_000, 7_000]);
    expect(off({ ...CREDIT, isWriteOff: true })).toEqual([0, 0]);
  });

  it('is what a credit memo is over before its own tax, whatever share of the invoice is tax', () => {
    const memo = { totalCents: 11_000, taxCents: 500, depositCents: 0, usedBeforeCents: 0 };
    const one = { ...CREDIT, memo };
    expect(creditsOn(INVOICE, [one])).toMatchObject({ creditCents: 10_500, creditTaxCents: 500 });
    // More tax than the invoice has left is taken back all the same.
    const heavy = { ...one, memo: { ...memo, taxCents: 4_000 } };
    const after = [heavy, { ...heavy, id: 2 }, { ...heavy, id: 3 }];
    expect(creditsOn(INVOICE, after)).toMatchObject({ creditCents: 21_000, creditTaxCents: 12_000 });
    const [, paid] = settlements(INVOICE, [one, { ...CREDIT, id: 2, kind: 'payment', cents: 99_000 }]);
    expect(Object.fromEntries(paid!.byItem)).toEqual({ work: 89_500, tax: 9_500 });
  });

  it('comes to the tax of a credit memo to the cent, in however many parts it is used', () => {
    const memo = { totalCents: 1_003, taxCents: 100, depositCents: 0 };
    const parts = [1, 2, 3, 500, 497].map((cents, index, all) => ({
      ...CREDIT,
      id: index + 1,
      cents,
      memo: { ...memo, usedBeforeCents: sumCents(all.slice(0, index)) },
    }));
    expect(creditsOn(INVOICE, parts)).toMatchObject({ creditCents: 903, creditTaxCents: 100 });
    const inYen = { ...INVOICE, currency: 'JPY' };
    const yen = { totalCents: 30_000, taxCents: 1_000, depositCents: 0, usedBeforeCents: 0 };
    expect(creditsOn(inYen, [{ ...CREDIT, cents: 10_000, memo: yen }])).toMatchObject({
      creditTaxCents: 300,
    });
  });

  it('settles each line once, whatever has tax and what has none', () => {
    fc.assert(
      fc.property(settled, ({ invoice, applications }) => {
        const byItem = new Map<string, number>();
        for (const one of settlements(invoice, applications))
          for (const [item, cents] of one.byItem) byItem.set(item, (byItem.get(item) ?? 0) + cents);
        expect(byItem.get('tax') ?? 0).toBeLessThanOrEqual(invoice.taxCents);
        expect([...byItem.values()].reduce((total, cents) => total + cents, 0)).toBe(sum(applications));
        expect(byItem.get('unapplied')).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('is nothing where the debt is given up, a credit memo of ours is used, or money comes', () => {
    for (const other of [{ isWriteOff: true }, { isOwnMemo: true }, { kind: 'payment' as const }]) {
      expect(creditedCents(INVOICE, [{ ...CREDIT, ...other }])).toBe(0);
    }
  });

  it('keeps what is given up apart, with its tax', () => {
    const givenUp = { ...CREDIT, id: 2, isWriteOff: true };
    expect(creditsOn(INVOICE, [CREDIT, givenUp])).toEqual({
      ...NO_CREDITS,
      creditCents: 10_000,
      creditTaxCents: 1_000,
      writtenOffCents: 11_000,
    });
  });

  it('is all of it where credits come to the whole, in however many parts, and never more than the credits', () => {
    fc.assert(
      fc.property(settled, ({ invoice, applications }) => {
        const credits = applications.filter(lowersBilled);
        const cents = creditedCents(invoice, applications);
        expect(cents).toBeGreaterThanOrEqual(0);
        expect(cents).toBeLessThanOrEqual(sum(credits));
        const rest = { ...CREDIT, id: 8, on: '2026-05-09', cents: invoice.totalCents - sum(applications) };
        const whole = [...applications, rest].map((one): Application => {
          return { ...one, kind: 'credit', isOwnMemo: false, isWriteOff: false, memo: null };
        });
        expect(creditedCents(invoice, whole)).toBe(invoice.totalCents - invoice.taxCents);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is its share of what the invoice is over, but for a cent of each line and settlement', () => {
    fc.assert(
      fc.property(settled, ({ invoice, applications }) => {
        const { totalCents, taxCents, lines } = invoice;
        const taxed = applications.map((one): Application => ({ ...one, memo: null }));
        const share = (sum(taxed.filter(lowersBilled)) * (totalCents - taxCents)) / totalCents;
        const roundings = applications.length * (lines.length + 1);
        expect(Math.abs(creditedCents(invoice, taxed) - share)).toBeLessThanOrEqual(roundings);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves billed before tax less credits + remaining + retained − deposit held at the value', () => {
    fc.assert(
      fc.property(
        fc.array(settled, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('income', 'liability'),
        fc.integer({ min: 1, max: 50_000_000 }),
        fc.nat(100_000),
        (several, depositMode, valueCents, refundedCents) => {
          const invoices = several.map(({ invoice, applications }, index): ContractInvoice => {
            const { kind, totalCents, taxCents } = invoice;
            return {
              ...BILLED,
              kind,
              totalCents,
              taxCents,
              id: index + 1,
              ...creditsOn(invoice, applications),
            };
          });
          const standing = standingOf({ valueCents, depositMode }, invoices, {
            refundedCents,
            takenOffCents: 0,
          });
          const billedCents = several.reduce(
            (total, { invoice }) => total + invoice.totalCents - invoice.taxCents,
            0,
          );
          const credited = several.reduce(
            (total, { invoice, applications }) => total + creditedCents(invoice, applications),
            0,
          );
          const owedBackCents =
            depositMode === 'liability' ? Math.min(refundedCents, Math.max(0, standing.depositCents)) : 0;
          const { remainingCents, retainedCents, depositHeldCents } = standing;
          expect(
            billedCents - credited - owedBackCents + remainingCents + retainedCents - depositHeldCents,
          ).toBe(valueCents);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
