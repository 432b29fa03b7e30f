import { describe, expect, it } from 'vitest';
import { CHECKOUT_STATUSES, type CheckoutStatus } from '../checkout/checkout-status.js';
import { decide, type StripeEventDecision, type KnownPayment } from './stripe-event-decision.js';
import type { ChargeRefundFact, DisputeFact, RefundFact, SessionFact } from './stripe-fact.js';

const at = new Date('2026-03-03T15:00:00Z');
const sessionEvent = (outcome: SessionFact['outcome'], facts: Partial<SessionFact> = {}): SessionFact => ({
  kind: 'session',
  outcome,
  sessionId: 'cs_1',
  paymentIntentId: 'pi_1',
  amountCents: 330_750,
  currency: 'USD',
  at,
  ...facts,
});
const refund: RefundFact = {
  kind: 'refund',
  refundId: 're_1',
  requestKey: null,
  chargeId: 'ch_1',
  paymentIntentId: 'pi_1',
  amountCents: 100,
  state: 'succeeded',
  reason: null,
  failureReason: null,
  madeAt: at,
  at,
};
const chargeRefund: ChargeRefundFact = {
  kind: 'charge_refund',
  chargeId: 'ch_1',
  paymentIntentId: 'pi_1',
  refundedCents: 100,
  at,
};
const dispute: DisputeFact = {
  kind: 'dispute',
  disputeId: 'du_1',
  chargeId: 'ch_1',
  paymentIntentId: 'pi_1',
  amountCents: 330_750,
  currency: 'USD',
  withdrawn: null,
  stripeStatus: 'lost',
  fundsReinstated: false,
  reason: 'fraudulent',
  respondBy: null,
  takesAnswer: true,
  at,
};
const known = (status: CheckoutStatus, booked = false): KnownPayment => ({
  session: { status, amountCents: 330_750, currency: 'USD' },
  booked,
});
const acts = (decision: StripeEventDecision): string =>
  decision.act === 'mark' ? decision.status : decision.act;

describe('What a session event does', () => {
  it.each<{ says: SessionFact['outcome'] } & Record<CheckoutStatus, string>>([
    { says: 'paid', open: 'book', pending: 'book', paid: 'book', failed: 'book', expired: 'book' },
    {
      says: 'pending',
      open: 'pending',
      pending: 'ignore',
      paid: 'ignore',
      failed: 'ignore',
      expired: 'pending',
    },
    {
      says: 'failed',
      open: 'failed',
      pending: 'failed',
      paid: 'ignore',
      failed: 'ignore',
      expired: 'failed',
    },
    {
      says: 'expired',
      open: 'expired',
      pending: 'ignore',
      paid: 'ignore',
      failed: 'ignore',
      expired: 'ignore',
    },
  ])('that says $says, by where the session stands', ({ says: outcome, ...table }) => {
    for (const status of CHECKOUT_STATUSES) {
      expect([status, acts(decide(sessionEvent(outcome), known(status)))]).toEqual([status, table[status]]);
    }
  });

  it('is nothing once the payment is booked, and nothing to a session that is not ours', () => {
    for (const outcome of ['paid', 'pending', 'failed', 'expired'] as const) {
      expect(decide(sessionEvent(outcome), known('paid', true))).toMatchObject({ act: 'ignore' });
      expect(decide(sessionEvent(outcome), null)).toMatchObject({
        act: 'ignore',
        reason: expect.stringContaining('ours'),
      });
    }
  });

  it('books what was paid, not what was asked; and what was asked where the event is silent', () => {
    const paid = { paymentIntentId: 'pi_1', paidAt: at };
    expect(decide(sessionEvent('paid', { amountCents: 1, currency: 'EUR' }), known('open'))).toEqual({
      act: 'book',
      paid: { ...paid, amountCents: 1, currency: 'EUR' },
    });
    expect(decide(sessionEvent('paid', { amountCents: null, currency: null }), known('open'))).toEqual({
      act: 'book',
      paid: { ...paid, amountCents: 330_750, currency: 'USD' },
    });
    expect(decide(sessionEvent('paid', { amountCents: 0 }), known('open'))).toMatchObject({ act: 'ignore' });
  });
});

describe('News of money that went back', () => {
  it.each([refund, chargeRefund, dispute])('($kind) changes the payment it is about', (fact) => {
    expect(decide(fact, known('paid', true))).toEqual({ act: fact.kind, fact });
  });

  it.each([refund, chargeRefund, dispute])('($kind) waits for a payment it comes before', (fact) => {
    expect(decide(fact, null).act).toBe('keep');
    expect(decide(fact, known('open')).act).toBe('keep');
  });
});
