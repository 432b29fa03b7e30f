import { describe, expect, it } from 'vitest';
import { balanceOf, type PaymentFacts } from '../../payments/ledger/payment-balance.js';
import { paymentSummary } from './payment-summary.js';
import { type StageFacts, stageOf } from './proposal-stage.js';

const AT = new Date('2026-03-02T17:00:00Z');

const APPROVED: StageFacts = {
  lostCents: 0,
  owed: true,
  status: 'approved',
  paidCents: 0,
  invoiceState: null,
  checkout: null,
  returning: false,
};

describe('The stage of a proposal', () => {
  it.each<{ stage: string; of: Partial<StageFacts> }>([
    { stage: 'open', of: { status: 'draft' } },
    { stage: 'withdrawn', of: { status: 'cancelled' } },
    { stage: 'payable', of: {} },
    { stage: 'payable', of: { checkout: 'open' } },
    { stage: 'payable', of: { returning: true } },
    { stage: 'confirming', of: { checkout: 'open', returning: true } },
    { stage: 'bank_pending', of: { checkout: 'pending' } },
    { stage: 'bank_pending', of: { checkout: 'pending', returning: true } },
    { stage: 'paid', of: { paidCents: 1, returning: true } },
    { stage: 'paid', of: { paidCents: 1, invoiceState: 'open' } },
    { stage: 'settled', of: { paidCents: 1, invoiceState: 'paid' } },
    { stage: 'settled', of: { invoiceState: 'settled_by_credit' } },
    { stage: 'unpayable', of: { invoiceState: 'voided', owed: false } },
    { stage: 'taken_back', of: { lostCents: 1, invoiceState: 'paid' } },
    { stage: 'settled', of: { lostCents: 1, paidCents: 1, invoiceState: 'paid' } },
    { stage: 'payable', of: { lostCents: 1 } },
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
    payment: { currency, paidAt: AT, stripeSessionId: 'cs_1', stripePaymentIntentId },
    balance: balanceOf({ amountCents: 1_000, refunds: [], disputes: [], ...facts }),
  });
  const refunded = (amountCents: number) => ({ refunds: [{ amountCents, state: 'succeeded' as const }] });

  it('is nothing without a payment', () => {
    expect(paymentSummary([], 'USD')).toEqual({ payment: null, paidCents: 0 });
  });

  it('is what of all payments is with us, and the newest is shown', () => {
    const newest = entry({ amountCents: 1_100, ...refunded(100) }, 'pi_2');
    expect(paymentSummary([entry(refunded(1_000)), newest], 'USD')).toEqual({
      payment: { cents: 1_100, refundedCents: 100, lostCents: 0, at: AT, reference: 'pi_2' },
      paidCents: 1_000,
    });
    expect(paymentSummary([entry(refunded(1_000))], 'USD')).toMatchObject({
      payment: { reference: 'cs_1' },
      paidCents: 0,
    });
  });

  it('is nothing after the bank took it back', () => {
    const disputes = [{ amountCents: 1_000, state: 'lost' as const }];
    expect(paymentSummary([entry({ disputes })], 'USD')).toMatchObject({
      payment: { lostCents: 1_000 },
      paidCents: 0,
    });
  });

  it('counts no money of another currency', () => {
    expect(paymentSummary([entry({}, null, 'EUR')], 'USD').paidCents).toBe(0);
  });
});
