import { describe, expect, it } from 'vitest';
import { heldElsewhere } from './held-elsewhere.js';

const INVOICE = { qboRealmId: '1', totalCents: null, taxCents: null, retainedCents: 0, releasedCents: 0 };
const DEPOSIT = { ...INVOICE, id: 1, kind: 'deposit', amountCents: 30_000 } as const;
const PROGRESS = { ...INVOICE, id: 2, kind: 'progress', amountCents: 36_000, retainedCents: 4_000 } as const;
const FINAL = { ...INVOICE, id: 3, kind: 'final', amountCents: 30_000, releasedCents: 30_000 } as const;
const RETAINAGE = {
  ...INVOICE,
  id: 4,
  kind: 'retainage',
  amountCents: 4_000,
  retainedCents: -4_000,
} as const;

describe('What an invoice settles of balances in another company', () => {
  it('is nothing where deposit and retainage are in its own', () => {
    const all = [DEPOSIT, PROGRESS, FINAL, RETAINAGE];
    for (const one of all)
      expect(heldElsewhere(one, '1', all)).toEqual({ depositCents: 0, retainageCents: 0 });
    const unplaced = all.map((one) => ({ ...one, qboRealmId: null }));
    expect(heldElsewhere(FINAL, '1', unplaced)).toEqual({ depositCents: 0, retainageCents: 0 });
  });

  it('is the deposit that it takes off, and the retainage that it bills, of invoices there', () => {
    const there = [DEPOSIT, PROGRESS].map((one) => ({ ...one, qboRealmId: '2' }));
    expect(heldElsewhere(FINAL, '1', there)).toEqual({ depositCents: 30_000, retainageCents: 0 });
    expect(heldElsewhere(RETAINAGE, '1', [...there, FINAL])).toEqual({
      depositCents: 0,
      retainageCents: 4_000,
    });
  });

  it('is nothing where what was withheld is on its way to the same books', () => {
    expect(heldElsewhere(RETAINAGE, '1', [DEPOSIT])).toEqual({ depositCents: 0, retainageCents: 0 });
    expect(heldElsewhere(FINAL, '1', [])).toEqual({ depositCents: 0, retainageCents: 0 });
  });

  it('is what is left of either beyond what is in its own', () => {
    const here = { ...DEPOSIT, id: 5, amountCents: null, totalCents: 11_000, taxCents: 1_000 };
    const there = { ...DEPOSIT, amountCents: 20_000, qboRealmId: '2' };
    expect(heldElsewhere(FINAL, '1', [there, here])).toEqual({ depositCents: 20_000, retainageCents: 0 });
  });
});
