import { describe, expect, it } from 'vitest';
import { balanceOf, type PaymentFacts } from '../../../payments/ledger/payment-balance.js';
import { paymentSummary } from './payment-summary.js';
import { type StageFacts, stageOf } from './proposal-stage.js';

const AT = new Date('2026-03-02T17:00:00Z');

const APPROVED: StageFacts = {
  status: 'approved',
  owed: true,
  pending: false,
  inDoubt: false,
  invoiceInQuestion: false,
  hasPaid: false,
  takenBack: false,
  remainingCents: 100,
  isTaxToCome: false,
  hasOpenCheckout: false,
  returning: false,
};

describe('The stage of a proposal', () => {
  it.each<{ stage: string; of: Partial<StageFacts> }>([
    { stage: 'open', of: { status: 'draft' } },
    { stage: 'withdrawn', of: { status: 'cancelled' } },
    { stage: 'payable', of: {} },
    { stage: 'payable', of: { hasOpenCheckout: true } },
    { stage: 'payable', of: { returning: true } },
    { stage: 'payable', of: { hasPaid: true, takenBack: true } },
    { stage: 'confirming', of: { hasOpenCheckout: true, returning: true } },
    { stage: 'bank_pending', of: { owed: false, pending: true } },
    { stage: 'bank_pending', of: { owed: false, pending: true, returning: true, hasPaid: true } },
    { stage: 'in_doubt', of: { owed: false, inDoubt: true, hasPaid: true, returning: true } },
    { stage: 'payable', of: { inDoubt: true } },
    { stage: 'invoice_in_question', of: { owed: false, invoiceInQuestion: true } },
    {
      stage: 'invoice_in_question',
      of: { owed: false, invoiceInQuestion: true, hasPaid: true, takenBack: true },
    },
    { stage: 'paid', of: { owed: false, hasPaid: true, returning: true, hasOpenCheckout: true } },
    { stage: 'complete', of: { owed: false, hasPaid: true, remainingCents: 0 } },
    { stage: 'paid', of: { owed: false, hasPaid: true, remainingCents: 0, isTaxToCome: true } },
    { stage: 'unpayable', of: { owed: false } },
    { stage: 'taken_back', of: { owed: false, takenBack: true } },
    { stage: 'taken_back', of: { owed: false, takenBack: true, hasPaid: true } },
  ])('is $stage with $of', ({ stage, of }) => {
    expect(stageOf({ ...APPROVED, ...of })).toBe(stage);
  });
});

describe('What was paid', () => {
  const entry = (
    facts: Partial<PaymentFacts> = {},
    stripePaymentIntentId: string | null = null,
    currency = 'USD',
  ) => ({
    payment: {
      currency,
      paidAt: AT,
      stripeSessionId: 'cs_1',
      stripePaymentIntentId,
      invoiceKind: 'deposit' as const,
      invoiceSequence: 1,
    },
    balance: balanceOf({ amountCents: 1_000, refunds: [], disputes: [], ...facts }),
  });
  const refunded = (amountCents: number) => ({ refunds: [{ amountCents, state: 'succeeded' as const }] });

  it('is nothing without a payment', () => {
    expect(paymentSummary([], 'USD', [])).toEqual({ payments: [], paidCents: 0 });
  });

  it('is what of all payments is with us, each with what went back of it', () => {
    const newest = entry({ amountCents: 1_100, ...refunded(100) }, 'pi_2');
    expect(paymentSummary([entry(refunded(1_000)), newest], 'USD', [])).toMatchObject({
      payments: [
        { refundedCents: 1_000 },
        { cents: 1_100, refundedCents: 100, lostCents: 0, at: AT, reference: 'pi_2' },
      ],
      paidCents: 1_000,
    });
    expect(paymentSummary([entry(refunded(1_000))], 'USD', [])).toMatchObject({
      payments: [{ reference: 'cs_1' }],
      paidCents: 0,
    });
  });

  it('is nothing after the bank took it back', () => {
    const disputes = [{ amountCents: 1_000, state: 'lost' as const }];
    expect(paymentSummary([entry({ disputes })], 'USD', [])).toMatchObject({
      payments: [{ lostCents: 1_000 }],
      paidCents: 0,
    });
  });

  it('counts no money of another currency', () => {
    expect(paymentSummary([entry({}, null, 'EUR')], 'USD', []).paidCents).toBe(0);
  });
});
