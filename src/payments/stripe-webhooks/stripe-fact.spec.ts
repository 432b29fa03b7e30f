import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DisputeFact, factOf, HEARD_EVENTS, mayBeRefundOf, UnreadableEvent } from './stripe-fact.js';

const receivedAt = new Date('2026-03-03T15:00:00Z');
const created = 1_772_550_000;
const session = {
  id: 'cs_1',
  amount_total: 330_750,
  currency: 'usd',
  payment_intent: 'pi_1',
  payment_status: 'paid',
};
const charge = { id: 'ch_1', amount_refunded: 500, currency: 'jpy', payment_intent: 'pi_1' };
const dispute = {
  id: 'du_1',
  charge: 'ch_1',
  payment_intent: 'pi_1',
  amount: 5_120,
  currency: 'kwd',
  status: 'lost',
};
const refund = {
  id: 're_1',
  amount: 500,
  charge: 'ch_1',
  payment_intent: 'pi_1',
  created: 1_772_549_000,
  currency: 'jpy',
  status: 'failed',
  reason: 'requested_by_customer',
  failure_reason: 'lost_or_stolen_card',
  metadata: { crm_refund: 'refund-a' },
};
const read = (type: string, object: object) => factOf({ type, created, data: { object } }, receivedAt);

describe('A Stripe event', () => {
  it.each([
    { type: 'checkout.session.completed', outcome: 'paid' },
    { type: 'checkout.session.async_payment_succeeded', outcome: 'paid' },
    { type: 'checkout.session.async_payment_failed', outcome: 'failed' },
    { type: 'checkout.session.expired', outcome: 'expired' },
  ])('$type says: $outcome', ({ type, outcome }) => {
    expect(read(type, session)).toEqual({
      kind: 'session',
      outcome,
      sessionId: 'cs_1',
      paymentIntentId: 'pi_1',
      amountCents: 330_750,
      currency: 'USD',
      at: new Date(created * 1000),
    });
  });

  it.each([
    { payment_status: 'unpaid', fact: { kind: 'session', outcome: 'pending' } },
    { payment_status: 'no_payment_required', fact: { kind: 'none' } },
  ])('of a completed session that is $payment_status books nothing', ({ payment_status, fact }) => {
    expect(read('checkout.session.completed', { ...session, payment_status })).toMatchObject(fact);
  });

  it('may name what it is about by an object, or leave amount, intent and time out', () => {
    expect(read('checkout.session.completed', { ...session, payment_intent: { id: 'pi_2' } })).toMatchObject({
      paymentIntentId: 'pi_2',
    });
    const event = {
      type: 'checkout.session.completed',
      data: { object: { id: 'cs_1', payment_status: 'paid' } },
    };
    expect(factOf(event, receivedAt)).toMatchObject({
      paymentIntentId: null,
      amountCents: null,
      currency: null,
      at: receivedAt,
    });
  });

  it('tells refunds and disputes in hundredths, whatever Stripe counts in', () => {
    expect(read('charge.refunded', charge)).toMatchObject({
      kind: 'charge_refund',
      refundedCents: 50_000,
    });
    expect(read('refund.updated', refund)).toEqual({
      kind: 'refund',
      refundId: 're_1',
      requestKey: 'refund-a',
      chargeId: 'ch_1',
      paymentIntentId: 'pi_1',
      amountCents: 50_000,
      state: 'failed',
      reason: 'requested_by_customer',
      failureReason: 'lost_or_stolen_card',
      at: receivedAt,
      madeAt: new Date(1_772_549_000_000),
    });
    expect(read('charge.dispute.closed', dispute)).toMatchObject({
      kind: 'dispute',
      stripeStatus: 'lost',
      fundsReinstated: false,
      amountCents: 512,
      currency: 'KWD',
      reason: 'unknown',
      respondBy: null,
    });
    const asked = { ...dispute, evidence_details: { due_by: 1_772_549_000 } };
    expect(read('charge.dispute.created', asked)).toMatchObject({
      respondBy: new Date(1_772_549_000_000),
      takesAnswer: true,
    });
    const decidedAlone = { ...dispute, evidence_details: { due_by: 0 } };
    expect(read('charge.dispute.created', decidedAlone)).toMatchObject({
      respondBy: null,
      takesAnswer: false,
    });
  });

  it.each(['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated'])(
    '%s is about one refund',
    (type) => {
      expect(read(type, refund)).toMatchObject({ kind: 'refund', refundId: 're_1' });
    },
  );

  it.each([
    { type: 'charge.dispute.created', reinstated: false },
    { type: 'charge.dispute.updated', reinstated: false },
    { type: 'charge.dispute.funds_withdrawn', reinstated: false },
    { type: 'charge.dispute.funds_reinstated', reinstated: true },
  ])('$type is about one dispute', ({ type, reinstated }) => {
    expect(read(type, dispute)).toMatchObject({
      kind: 'dispute',
      disputeId: 'du_1',
      fundsReinstated: reinstated,
    });
  });

  it.each([
    { what: 'what left the account', movements: [{ amount: -5_000, currency: 'usd' }], cents: 5_000 },
    {
      what: 'that alone where it came back',
      movements: [
        { amount: -5_000, currency: 'jpy' },
        { amount: 5_000, currency: 'jpy' },
      ],
      cents: 500_000,
    },
    { what: 'nothing where nothing moved', movements: [], cents: null },
    { what: 'nothing where it is told by ids', movements: ['txn_1'], cents: null },
    {
      what: 'nothing of an amount that is none',
      movements: [{ amount: -0.5, currency: 'usd' }],
      cents: null,
    },
    {
      what: 'nothing of two currencies',
      movements: [
        { amount: -1, currency: 'usd' },
        { amount: -1, currency: 'eur' },
      ],
      cents: null,
    },
  ])('says of a dispute $what', ({ movements, cents }) => {
    const moved = { ...dispute, balance_transactions: movements };
    const { withdrawn } = read('charge.dispute.funds_withdrawn', moved) as DisputeFact;
    expect(withdrawn?.cents ?? null).toBe(cents);
  });

  it.each(['charge.updated', 'toString', '__proto__', 'invoice.paid'])(
    'of type %s says nothing to us',
    (type) => {
      expect(read(type, session)).toMatchObject({ kind: 'none', reason: expect.stringContaining(type) });
    },
  );

  it.each([
    { type: 'checkout.session.completed', object: { ...session, id: 7 }, field: 'data.object.id' },
    { type: 'checkout.session.completed', object: {}, field: 'payment_status' },
    { type: 'checkout.session.completed', object: { ...session, amount_total: 1.5 }, field: 'amount_total' },
    { type: 'charge.refunded', object: { ...charge, amount_refunded: -1 }, field: 'amount_refunded' },
    { type: 'charge.refunded', object: { ...charge, currency: null }, field: 'currency' },
    { type: 'refund.created', object: { ...refund, amount: 0 }, field: 'data.object.amount' },
    { type: 'charge.dispute.created', object: { ...dispute, status: '' }, field: 'status' },
  ])('$type without a usable $field names it', ({ type, object, field }) => {
    expect(() => read(type, object)).toThrow(UnreadableEvent);
    expect(() => read(type, object)).toThrow(field);
  });

  it.each([null, 7, 'event', {}, { data: null }])('that is %j is none', (event) => {
    expect(() => factOf(event, receivedAt)).toThrow(UnreadableEvent);
  });

  it('that has an effect is listed for whoever sets up the endpoint', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../docs/stripe.md'), 'utf8');
    expect(HEARD_EVENTS.filter((type) => !text.includes(`\`${type}\``))).toEqual([]);
  });
});

describe('A field of Stripe that nobody can use', () => {
  it.each([
    ['a currency of another length', 'refund.created', { ...refund, currency: 'dollars' }],
    ['an amount beyond counting', 'refund.created', { ...refund, amount: Number.MAX_SAFE_INTEGER }],
    ['a session in no currency', 'checkout.session.completed', { ...session, currency: '$' }],
  ])('is named: %s', (_, type, object) => {
    expect(() => read(type, object)).toThrow(UnreadableEvent);
  });

  it('is no time: what has none happened when it was received', () => {
    const odd = factOf({ type: 'refund.created', created: 1e18, data: { object: refund } }, receivedAt);
    expect(odd).toMatchObject({ at: receivedAt });
    expect(read('refund.created', { ...refund, created: -1 })).toMatchObject({
      madeAt: new Date(created * 1000),
    });
  });

  it('is no refund of others: one that may be ours shows our key, or none that can be read', () => {
    const isOurs = (metadata: unknown) => mayBeRefundOf('refund-a', { metadata });
    expect([null, 'odd', { crm_refund: 7 }, { crm_refund: 'refund-a' }].map(isOurs)).toEqual(
      Array(4).fill(true),
    );
    expect([{}, { crm_refund: 'refund-b' }].map(isOurs)).toEqual([false, false]);
  });
});
