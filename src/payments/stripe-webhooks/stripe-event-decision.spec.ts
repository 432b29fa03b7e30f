import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKOUT_STATUSES, type CheckoutStatus } from '../checkout/checkout-status.js';
import { decide, type StripeEventDecision, type KnownPayment } from './stripe-event-decision.js';
import type { DisputeFact, RefundFact, SessionFact } from './stripe-fact.js';

const at = new Date('2026-03-03T15:00:00Z');
const told = (outcome: SessionFact['outcome'], facts: Partial<SessionFact> = {}): SessionFact => ({
  kind: 'session',
  outcome,
  sessionId: 'cs_1',
  paymentIntentId: 'pi_1',
  amountCents: 330_750,
  currency: 'USD',
  at,
  ...facts,
});
const refunded = (refundedCents: number): RefundFact => ({
  kind: 'refund',
  chargeId: 'ch_1',
  paymentIntentId: 'pi_1',
  refundedCents,
  at,
});
const disputed = (closed: boolean, status: string): DisputeFact => ({
  kind: 'dispute',
  closed,
  disputeId: 'du_1',
  chargeId: 'ch_1',
  paymentIntentId: 'pi_1',
  amountCents: 330_750,
  currency: 'USD',
  status,
  reason: 'fraudulent',
  at,
});
const known = (
  status: CheckoutStatus,
  payment: Partial<NonNullable<KnownPayment['payment']>> | null = null,
): KnownPayment => ({
  session: { status, amountCents: 330_750, currency: 'USD' },
  payment: payment && {
    amountCents: 330_750,
    refundedCents: 0,
    lostCents: 0,
    disputeStatus: null,
    ...payment,
  },
});
const acts = (decision: StripeEventDecision): string =>
  decision.act === 'mark' ? decision.status : decision.act;

describe('What a session event does', () => {
  it.each<{ told: SessionFact['outcome'] } & Record<CheckoutStatus, string>>([
    { told: 'paid', open: 'book', pending: 'book', paid: 'book', failed: 'book', expired: 'book' },
    {
      told: 'pending',
      open: 'pending',
      pending: 'ignore',
      paid: 'ignore',
      failed: 'ignore',
      expired: 'ignore',
    },
    {
      told: 'failed',
      open: 'failed',
      pending: 'failed',
      paid: 'ignore',
      failed: 'ignore',
      expired: 'ignore',
    },
    {
      told: 'expired',
      open: 'expired',
      pending: 'ignore',
      paid: 'ignore',
      failed: 'ignore',
      expired: 'ignore',
    },
  ])('that says $told, by where the session stands', ({ told: outcome, ...table }) => {
    for (const status of CHECKOUT_STATUSES) {
      expect([status, acts(decide(told(outcome), known(status)))]).toEqual([status, table[status]]);
    }
  });

  it('is nothing once the payment is booked, and nothing to a session that is not ours', () => {
    for (const outcome of ['paid', 'pending', 'failed', 'expired'] as const) {
      expect(decide(told(outcome), known('paid', {}))).toMatchObject({ act: 'ignore' });
      expect(decide(told(outcome), null)).toMatchObject({
        act: 'ignore',
        reason: expect.stringContaining('ours'),
      });
    }
  });

  it('books what was paid, not what was asked; and what was asked where the event is silent', () => {
    const paid = { paymentIntentId: 'pi_1', paidAt: at };
    expect(decide(told('paid', { amountCents: 1, currency: 'EUR' }), known('open'))).toEqual({
      act: 'book',
      paid: { ...paid, amountCents: 1, currency: 'EUR' },
    });
    expect(decide(told('paid', { amountCents: null, currency: null }), known('open'))).toEqual({
      act: 'book',
      paid: { ...paid, amountCents: 330_750, currency: 'USD' },
    });
    expect(decide(told('paid', { amountCents: 0 }), known('open'))).toMatchObject({ act: 'ignore' });
  });
});

describe('What a refund does', () => {
  it.each([
    { before: 0, told: 100, act: 'refund', refundedCents: 100 },
    { before: 100, told: 330_750, act: 'refund', refundedCents: 330_750 },
    { before: 100, told: 999_999, act: 'refund', refundedCents: 330_750 },
    { before: 100, told: 100, act: 'ignore', refundedCents: undefined },
    { before: 200, told: 100, act: 'ignore', refundedCents: undefined },
  ])('with $before given back and $told told is: $act', ({ before, told: cents, act, refundedCents }) => {
    const decision = decide(refunded(cents), known('paid', { refundedCents: before }));
    expect(decision).toMatchObject({ act, ...(refundedCents && { refunding: { refundedCents } }) });
  });

  it('waits for a payment it comes before', () => {
    expect(decide(refunded(100), null).act).toBe('keep');
  });

  it('only ever grows, in whichever order refunds are told', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400_000 })), (amounts) => {
        let refundedCents = 0;
        for (const amount of amounts) {
          const decision = decide(refunded(amount), known('paid', { refundedCents }));
          if (decision.act === 'refund') ({ refundedCents } = decision.refunding);
        }
        expect(refundedCents).toBe(Math.min(Math.max(0, ...amounts), 330_750));
      }),
    );
  });
});

describe('What a dispute does', () => {
  it.each([
    { closed: false, status: 'needs_response', before: null, standing: 'needs_response' },
    { closed: true, status: 'lost', before: 'needs_response', standing: 'lost' },
    { closed: false, status: 'needs_response', before: 'lost', standing: 'lost' },
  ])('with $before known and $status told stands at $standing', ({ closed, status, before, standing }) => {
    expect(decide(disputed(closed, status), known('paid', { disputeStatus: before }))).toMatchObject({
      act: 'dispute',
      standing,
      disputing: { status, disputeId: 'du_1' },
    });
  });

  it.each([
    { status: 'lost', closed: true, before: 0, lost: 330_750 },
    { status: 'won', closed: true, before: 0, lost: 0 },
    { status: 'won', closed: true, before: 330_750, lost: 0 },
    { status: 'warning_closed', closed: true, before: 0, lost: 0 },
    { status: 'needs_response', closed: false, before: 330_750, lost: 330_750 },
  ])('that is $status (closed: $closed) has cost $lost after $before', ({ status, closed, before, lost }) => {
    expect(decide(disputed(closed, status), known('paid', { lostCents: before }))).toMatchObject({
      lostCents: lost,
    });
  });

  it('never costs more than was paid', () => {
    const fact = { ...disputed(true, 'lost'), amountCents: 999_999 };
    expect(decide(fact, known('paid', {}))).toMatchObject({ lostCents: 330_750 });
  });

  it('waits for a payment it comes before', () => {
    expect(decide(disputed(true, 'lost'), null).act).toBe('keep');
  });
});
