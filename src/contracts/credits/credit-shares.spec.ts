import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BilledInvoice,
  creditableInvoices,
  creditBelongsTo,
  creditShares,
  type CreditableInvoice,
  waitingShares,
} from './credit-shares.js';

const PROGRESS: CreditableInvoice = { id: 2, kind: 'progress', openCents: 40_000 };
const FINAL: CreditableInvoice = { id: 3, kind: 'final', openCents: 30_000 };
const LATER: CreditableInvoice = { id: 4, kind: 'progress', openCents: 5_000 };

describe('Credits that are on no invoice yet', () => {
  it('come off the final invoice first, then off the newest', () => {
    const { byInvoice, leftCents } = creditShares([PROGRESS, FINAL, LATER], 36_000);
    expect([...byInvoice]).toEqual([
      [3, 30_000],
      [4, 5_000],
      [2, 1_000],
    ]);
    expect(leftCents).toBe(0);
  });

  it('belong to the company with an open invoice, else to one that billed anything, else to any', () => {
    const open = { qboRealmId: '1', openCents: 5_000 };
    const paid = { qboRealmId: '2', openCents: 0 };
    const bothOf = (invoices: (typeof open)[]) =>
      ['1', '2'].map((realmId) => creditBelongsTo(realmId, invoices));
    expect(bothOf([open, paid])).toEqual([true, false]);
    expect(bothOf([paid])).toEqual([false, true]);
    expect(bothOf([])).toEqual([true, true]);
    expect(creditBelongsTo('1', [{ qboRealmId: null, openCents: 0 }])).toBe(true);
  });

  it('are left to the customer where no invoice takes them', () => {
    expect(creditShares([{ ...FINAL, openCents: 0 }], 6_000)).toEqual({
      byInvoice: new Map(),
      leftCents: 6_000,
    });
  });

  it('come off invoices of their own company alone, of however many that were connected before', () => {
    const here = { ...FINAL, qboRealmId: '1' };
    const second = { ...PROGRESS, qboRealmId: '2' };
    const third = { ...LATER, qboRealmId: '3' };
    const elsewhere = [
      { realmId: null, cents: 3_000 },
      { realmId: '3', cents: 7_000 },
    ];
    const shares = waitingShares([here, second, third], { cents: 1_000, elsewhere, realmId: '1' });
    expect([...shares.byInvoice]).toEqual([
      [3, 1_000],
      [4, 5_000],
      [2, 3_000],
    ]);
    expect(shares).toMatchObject({ leftCents: 0, leftElsewhereCents: 2_000 });
  });

  it('come off once, whatever is open', () => {
    const cents = fc.nat(1_000_000);
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 8 }), cents, (open, credits) => {
        const invoices = open.map((openCents, id) => ({ id, kind: 'progress' as const, openCents }));
        const { byInvoice, leftCents } = creditShares(invoices, credits);
        const taken = [...byInvoice.values()].reduce((sum, one) => sum + one, 0);
        expect(taken + leftCents).toBe(credits);
        for (const { id, openCents } of invoices)
          expect(byInvoice.get(id) ?? 0).toBeLessThanOrEqual(openCents);
      }),
    );
  });
});

describe('Invoices that credits can come off', () => {
  const invoice = (facts: Partial<BilledInvoice> = {}): BilledInvoice => ({
    id: 2,
    kind: 'progress',
    sequence: 1,
    state: 'open',
    balanceCents: 40_000,
    qboRealmId: '1',
    ...facts,
  });

  it.each([
    ['open', true],
    ['overdue', true],
    ['paid', true],
    ['voided', false],
    ['deleted', false],
    [null, false],
  ] as const)('are those that stand in QuickBooks: one that is %s, %s', (state, isOne) => {
    expect(creditableInvoices([invoice({ state })])).toHaveLength(isOne ? 1 : 0);
  });

  it('take what QuickBooks has as open, and of a customer who has paid here what that leaves', () => {
    const paid = { kind: 'progress', sequence: 1, unrecordedCents: 15_000 } as const;
    const openOf = (money: Parameters<typeof creditableInvoices>[1]) =>
      creditableInvoices([invoice()], money).map(({ openCents }) => openCents);
    expect(openOf([])).toEqual([40_000]);
    expect(openOf([paid])).toEqual([25_000]);
    expect(openOf([{ ...paid, sequence: 2 }])).toEqual([40_000]);
  });
});
