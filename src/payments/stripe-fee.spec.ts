import { describe, expect, it } from 'vitest';
import { nextAttempt } from '../jobs/backoff.js';
import { FEE_BACKOFF, stripeFeeOf, stripeSettlementOf } from './stripe-fee.js';

const charged = (fee: number, currency: string) =>
  stripeFeeOf({ latest_charge: { balance_transaction: { amount: 300_000, fee, currency } } });

describe("Stripe's fee of a payment", () => {
  it('is what its balance transaction says, in the currency it was settled in', () => {
    expect(charged(10_905, 'usd')).toEqual({ feeCents: 10_905, feeCurrency: 'USD' });
    expect(charged(36, 'jpy')).toEqual({ feeCents: 3_600, feeCurrency: 'JPY' });
    expect(charged(1_235, 'kwd')).toEqual({ feeCents: 124, feeCurrency: 'KWD' });
  });

  it('is known to be nothing where Stripe says 0', () => {
    expect(charged(0, 'usd')).toEqual({ feeCents: 0, feeCurrency: 'USD' });
  });

  it('is unknown, and not 0, as long as there is no balance transaction', () => {
    expect(stripeFeeOf({ latest_charge: null })).toBeNull();
    expect(stripeFeeOf({ latest_charge: 'ch_1' })).toBeNull();
    expect(stripeFeeOf({ latest_charge: { balance_transaction: null } })).toBeNull();
    expect(stripeFeeOf({ latest_charge: { balance_transaction: 'txn_1' } })).toBeNull();
  });

  it('is asked for twenty times, over more than a week', () => {
    let now = new Date('2026-03-02T10:00:00Z');
    const begun = now;
    let failed = 0;
    for (let next: Date | null = now; next; next = nextAttempt(FEE_BACKOFF, { failed }, now, 0)) {
      now = next;
      failed += 1;
    }
    expect(failed).toBe(20);
    expect((now.getTime() - begun.getTime()) / 86_400_000).toBeGreaterThan(7);
  });
});

describe('What Stripe credited for a payment', () => {
  it('is what its balance transaction moved, before the fee, in the currency it was settled in', () => {
    const settled = (amount: number, currency: string) =>
      stripeSettlementOf({ latest_charge: { balance_transaction: { amount, fee: 100, currency } } });
    expect(settled(331_234, 'usd')).toEqual({ settledCents: 331_234, currency: 'USD' });
    expect(settled(5_000, 'jpy')).toEqual({ settledCents: 500_000, currency: 'JPY' });
    expect(stripeSettlementOf({ latest_charge: { balance_transaction: null } })).toBeNull();
  });
});
