import { describe, expect, it } from 'vitest';
import { compareRevenue, type OurIncome } from './revenue-comparison.js';

const question = { homeCurrency: 'USD', basis: 'accrual' } as const;

function ours(change: Partial<OurIncome>): OurIncome {
  return {
    type: 'Invoice',
    qboId: '145',
    source: 'invoice:12',
    currency: 'USD',
    cents: 300_000,
    isInvoicePolicy: true,
    isDepositHeld: false,
    isMoved: false,
    isOurs: true,
    isElsewhere: false,
    receiptIds: [],
    ...change,
  };
}

describe('Revenue beside the income of QuickBooks', () => {
  it('says that an invoice is in the books of the company before, whatever this company numbers 145', () => {
    const before = ours({ type: null, isElsewhere: true });
    const compared = compareRevenue([{ type: 'Invoice', qboId: '145', cents: 300_000 }], [before], question);
    expect(compared).toMatchObject({ differenceCents: 0, unexplainedCents: 0 });
    expect(compared.reasons.map(({ reason, cents }) => [reason, cents])).toEqual([
      ['not_ours', 300_000],
      ['other_company', -300_000],
    ]);
  });

  it('compares the refunds of a payment with its receipts together', () => {
    const refund = { type: 'RefundReceipt', qboId: '9', receiptIds: ['8', '9'], isOurs: false };
    const back = [
      ours({ ...refund, source: 'refund:1', cents: -1_000 }),
      ours({ ...refund, source: 'refund:2', cents: -500 }),
    ];
    const receipts = [
      { type: 'RefundReceipt', qboId: '8', cents: -1_000 },
      { type: 'RefundReceipt', qboId: '9', cents: -500 },
    ];
    expect(compareRevenue(receipts, back, question)).toMatchObject({ differenceCents: 0, reasons: [] });
    const [one] = receipts;
    expect(compareRevenue([one!], back, question)).toMatchObject({ unexplainedCents: 500 });
  });
});
