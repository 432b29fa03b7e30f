import { describe, expect, it } from 'vitest';
import { compareRevenue, type OurIncome } from './revenue-comparison.js';

const question = { homeCurrency: 'USD', basis: 'accrual' } as const;

function ours(change: Partial<OurIncome>): OurIncome {
  return {
    type: 'Invoice',
    qboId: '145',
    source: 'invoice:12',
    proposalId: 7,
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

  it('keeps the first milestones of two contracts apart, each under the reason of its own currency', () => {
    const milestone = {
      type: null,
      qboId: null,
      source: 'milestone:1',
      isInvoicePolicy: false,
      isOurs: false,
    };
    const roofs = [
      ours({ ...milestone, proposalId: 7, cents: 7_510_000 }),
      ours({ ...milestone, proposalId: 8, currency: 'EUR', cents: 7_370_000 }),
      ours({ ...milestone, proposalId: 9, cents: 200_000 }),
    ];
    const compared = compareRevenue([], roofs, question);
    expect(compared.differenceCents).toBe(-7_710_000);
    expect(compared.reasons).toEqual([
      {
        reason: 'policy',
        cents: -7_710_000,
        documents: [
          { type: 'crm', id: 'milestone:1', proposalId: 7, oursCents: 7_510_000, quickbooksCents: 0 },
          { type: 'crm', id: 'milestone:1', proposalId: 9, oursCents: 200_000, quickbooksCents: 0 },
        ],
      },
    ]);
  });
});
