import { describe, expect, it } from 'vitest';
import type { OurIncome } from './difference-reason.js';
import { compareRevenue } from './revenue-comparison.js';

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
    heldCents: 0,
    isMoved: false,
    isOurs: true,
    isElsewhere: false,
    paidEarlyCents: 0,
    creditedCents: 0,
    retainedCents: 0,
    splits: 0,
    failedRefundCents: 0,
    leftOutCents: 0,
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

  it('says that a receipt is of a refund that failed at Stripe, as far as refunds did', () => {
    const refund = { type: 'RefundReceipt', qboId: '9', receiptIds: ['9'], isOurs: false, cents: 0 };
    const back = [
      ours({ ...refund, source: 'payment:4', failedRefundCents: 100_000 }),
      ours({ ...refund, source: 'refund:2', cents: -20_000 }),
    ];
    const reasonsOf = (cents: number) =>
      compareRevenue([{ type: 'RefundReceipt', qboId: '9', cents }], back, question).reasons.map((one) => [
        one.reason,
        one.cents,
      ]);
    expect(reasonsOf(-120_000)).toEqual([['refund_failed', -100_000]]);
    expect(reasonsOf(-20_000)).toEqual([]);
    // Negative control: a receipt over more than all refunds is explained by none that failed, nor one over less.
    expect(reasonsOf(-120_001)).toEqual([['unexplained', -100_001]]);
    expect(reasonsOf(-19_999)).toEqual([['unexplained', 1]]);
  });

  it('explains no credit memo of a change order that says something else by its use', () => {
    const memo = ours({ type: 'CreditMemo', qboId: '9', source: 'credit_memo:2', cents: -60_000 });
    const use = { ...memo, source: 'application:4', cents: 0 };
    const unexplained = (cents: number, some: OurIncome[]) =>
      compareRevenue([{ type: 'CreditMemo', qboId: '9', cents }], some, question).unexplainedCents;
    expect(unexplained(-60_000, [memo, use])).toBe(0);
    expect(unexplained(-80_000, [memo, use])).toBe(-20_000);
    expect(unexplained(0, [memo])).toBe(60_000);
    // Negative control: one that was entered by hand can be larger than what of it is used on our invoices.
    expect(unexplained(-80_000, [{ ...use, cents: -60_000 }])).toBe(0);
  });

  it('knows what stays out of the books beside the receipts of a payment that is gone from them', () => {
    const refund = { type: 'RefundReceipt', qboId: '9', isOurs: false, leftOutCents: 50_000 };
    const reasonsOf = (booked: number) =>
      compareRevenue(
        [{ type: 'RefundReceipt', qboId: '9', cents: booked }],
        [ours({ ...refund, cents: -80_000 })],
        {
          homeCurrency: 'USD',
          basis: 'cash',
        },
      ).reasons.map(({ reason, cents }) => [reason, cents]);
    expect(reasonsOf(-30_000)).toEqual([['not_in_books', 50_000]]);
    // Negative control: neither more than what stays out, nor a receipt over more than went back.
    expect(reasonsOf(-29_999)).toEqual([['unexplained', 50_001]]);
    expect(reasonsOf(-80_001)).toEqual([['unexplained', -1]]);
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

  describe('on cash basis', () => {
    const cash = { homeCurrency: 'USD', basis: 'cash' } as const;
    const invoice = (change: Partial<OurIncome>) => ours({ cents: 0, ...change });
    const cheque = ours({ source: 'application:3', cents: 10_000, isOurs: false });
    const reasons = (booked: number, some: OurIncome[]) =>
      compareRevenue(
        booked === 0 ? [] : [{ type: 'Invoice', qboId: '145', cents: booked }],
        some,
        cash,
      ).reasons.map(({ reason, cents }) => [reason, cents]);

    it('says in both months that money came before its invoice', () => {
      const early = { paidEarlyCents: 10_000 };
      expect(reasons(0, [cheque, invoice(early)])).toEqual([['paid_before_invoice', -10_000]]);
      expect(reasons(10_000, [invoice(early)])).toEqual([['paid_before_invoice', 10_000]]);
      // Negative control: more than came before it is not explained by that, nor is a payment a credit memo.
      expect(reasons(10_001, [invoice(early)])).toEqual([['unexplained', 10_001]]);
      expect(reasons(0, [cheque, invoice({})])).toEqual([['unexplained', -10_000]]);
    });

    it('says of a deposit that is held no more than what is held of it, and knows it from its release', () => {
      const money = (cents: number) => ours({ source: 'application:3', cents, isOurs: false });
      const held = invoice({ heldCents: 300_000 });
      expect(reasons(0, [money(100_000), held])).toEqual([['deposit_held', -100_000]]);
      const final = invoice({ heldCents: -300_000, retainedCents: 60_000 });
      expect(reasons(400_000, [money(200_000), final])).toEqual([['deposit_held', 200_000]]);
      expect(reasons(560_000, [money(200_000), final])).toEqual([['deposit_held', 360_000]]);
      const receipt = { type: 'RefundReceipt', qboId: '9', isOurs: false, heldCents: 20_000 };
      const back = [ours({ ...receipt, source: 'refund:2', cents: -20_000 })];
      expect(compareRevenue([], back, cash).reasons).toMatchObject([
        { reason: 'deposit_held', cents: 20_000 },
      ]);
      // Negative control: more than is held, income of it, and an invoice that releases none.
      expect(reasons(0, [money(300_001), held])).toEqual([['unexplained', -300_001]]);
      expect(reasons(100_001, [money(100_000), held])).toEqual([['unexplained', 1]]);
      expect(reasons(400_000, [money(200_000), invoice({})])).toEqual([['unexplained', 200_000]]);
    });

    it('says that the last cent of a payment can fall on another line, and of no more than one for each', () => {
      const money = (splits: number, currency = 'USD') => [
        ours({ source: 'application:3', cents: 10_000, isOurs: false, currency }),
        invoice({ splits, currency }),
      ];
      expect(reasons(10_001, money(1))).toEqual([['rounding', 1]]);
      expect(reasons(9_998, money(2))).toEqual([['rounding', -2]]);
      // Negative control: more than that, and of an invoice that is all income.
      expect(reasons(10_002, money(1))).toEqual([['unexplained', 2]]);
      expect(reasons(10_001, money(0))).toEqual([['unexplained', 1]]);
    });

    it('says of a credit used on an invoice that QuickBooks has it on both, and it comes to nothing', () => {
      const memo = ours({ type: 'CreditMemo', qboId: '9', source: 'application:4', cents: 0, isOurs: false });
      const booked = [
        { type: 'Invoice', qboId: '145', cents: 4_000 },
        { type: 'CreditMemo', qboId: '9', cents: -4_000 },
      ];
      const compared = compareRevenue(booked, [invoice({ creditedCents: 4_000 }), memo], cash);
      expect(compared).toMatchObject({ differenceCents: 0, unexplainedCents: 0 });
      expect(compared.reasons).toMatchObject([{ reason: 'credit_used', cents: 0, documents: [{}, {}] }]);
      // Negative control: without a credit on it, it is unexplained.
      expect(compareRevenue(booked, [invoice({}), memo], cash)).toMatchObject({ unexplainedCents: 4_000 });
    });
  });
});
