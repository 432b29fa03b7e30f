import { describe, expect, it } from 'vitest';
import { JobCosts } from './job-costs.js';
import { marginOf, marginTotals } from './margin.js';

const NONE = new JobCosts();
const EARNED = {
  proposalName: 'Roof',
  customerId: 1,
  customerName: 'Ann Ruiz',
  currency: 'USD',
  policy: 'invoice',
  qboInvoiceId: '145',
  qboRealmId: '1',
} as const;

const job = (proposalId: number, revenueCents: number, feesCents: number | null) =>
  marginOf({ ...EARNED, proposalId, revenueCents, feesCents }, NONE);

describe('The margin of a job', () => {
  it('is lowered by what Stripe kept', () => {
    expect(job(1, 100_000, 2_930)).toMatchObject({
      feesCents: 2_930,
      marginCents: 97_070,
      marginPercent: 97.07,
    });
  });

  it('is before the fees while they are unknown, and says so', () => {
    expect(job(1, 100_000, null)).toMatchObject({ feesCents: null, marginCents: 100_000 });
  });

  it('has no fees where nothing was paid by Stripe, which is known', () => {
    expect(job(1, 100_000, 0)).toMatchObject({ feesCents: 0, marginCents: 100_000 });
  });

  it('is in a total whose fees are unknown as soon as those of one job are', () => {
    const known = [job(1, 100_000, 2_930), job(2, 50_000, 1_480)];
    expect(marginTotals(known, NONE)).toMatchObject([{ feesCents: 4_410, marginCents: 145_590 }]);
    const unknown = [...known, job(3, 10_000, null)];
    expect(marginTotals(unknown, NONE)).toMatchObject([{ feesCents: null, marginCents: 155_590 }]);
  });

  it('is unknown where a cost is in another currency, which stands apart', () => {
    const costs = costsIn('EUR');
    const margin = marginOf({ ...EARNED, proposalId: 1, revenueCents: 100_000, feesCents: 0 }, costs);
    expect(margin).toMatchObject({
      costCents: 0,
      foreignCosts: [{ currency: 'EUR', cents: 20_000 }],
      marginCents: null,
      marginPercent: null,
      unknown: ['foreign_costs'],
    });
    expect(marginTotals([margin], costs)).toMatchObject([
      { currency: 'EUR', revenueCents: 0, costCents: 0, foreignCostCents: 20_000 },
      { currency: 'USD', revenueCents: 100_000, foreignCostCents: 0, marginCents: null },
    ]);
  });

  it('says where lines that cost nothing may be among its costs, as no account is known', () => {
    const earned = { ...EARNED, revenueCents: 100_000, feesCents: 0 };
    const unknown = [true, false].map((lacks) =>
      [1, 2].map((proposalId) => marginOf({ ...earned, proposalId }, costsIn('USD'), lacks).unknown),
    );
    expect(unknown).toEqual([
      [['accounts'], []],
      [[], []],
    ]);
  });
});

/** 200.00 in a currency, which job 1 bears. */
function costsIn(currency: string): JobCosts {
  const allocations = [
    { id: null, proposalId: 1, cents: 20_000, basis: 'customer_ref', state: 'accepted' } as const,
  ];
  const line = {
    line: 1,
    description: null,
    cents: 20_000,
    customerId: 1,
    party: null,
    allocations,
    candidates: [],
    isCost: true,
  };
  const bill = {
    type: 'Bill',
    qboId: '145',
    vendorId: '56',
    vendorName: 'Norton',
    number: null,
    memo: null,
    txnOn: '2026-03-02',
    dueOn: null,
    currency,
    totalCents: 20_000,
    balanceCents: 0,
    refund: false,
    deleted: false,
    lines: [line],
  } as const;
  return new JobCosts().add([{ ...bill, lines: [line] }]);
}
