import { describe, expect, it } from 'vitest';
import { paymentStanding } from './payment-standing.js';
import { type Standing, stageOf } from './proposal-stage.js';

const APPROVED: Standing = {
  status: 'approved',
  paidCents: 0,
  invoiceState: null,
  checkout: null,
  returning: false,
};

describe('The stage of a proposal', () => {
  it.each<{ stage: string; of: Partial<Standing> }>([
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
    { stage: 'payable', of: { invoiceState: 'voided' } },
  ])('is $stage with $of', ({ stage, of }) => {
    expect(stageOf({ ...APPROVED, ...of })).toBe(stage);
  });
});

describe('What was paid', () => {
  const payment = {
    amountCents: 1_000,
    refundedCents: 0,
    currency: 'USD',
    paidAt: new Date('2026-03-02T17:00:00Z'),
    stripeSessionId: 'cs_1',
    stripePaymentIntentId: null,
  };

  it('is nothing without a payment', () => {
    expect(paymentStanding([], 'USD')).toEqual({ payment: null, paidCents: 0 });
  });

  it('is all payments less what was given back, and the newest is shown', () => {
    const given = { ...payment, refundedCents: 1_000 };
    const newest = { ...payment, amountCents: 1_100, refundedCents: 100, stripePaymentIntentId: 'pi_2' };
    expect(paymentStanding([given, newest], 'USD')).toEqual({
      payment: { cents: 1_100, refundedCents: 100, at: payment.paidAt, reference: 'pi_2' },
      paidCents: 1_000,
    });
    expect(paymentStanding([given], 'USD')).toMatchObject({ payment: { reference: 'cs_1' }, paidCents: 0 });
  });

  it('counts no money of another currency', () => {
    expect(paymentStanding([{ ...payment, currency: 'EUR' }], 'USD').paidCents).toBe(0);
  });
});
