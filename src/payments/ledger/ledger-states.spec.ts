import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  disputeAfter,
  disputedCentsOf,
  type DisputeReport,
  type DisputeStatus,
} from './disputes/dispute-state.js';
import { REFUND_STATES, refundStateAfter, refundStateOf, type RefundState } from './refunds/refund-state.js';

const at = (second: number) => new Date(1_772_550_000_000 + second * 1000);
const report = (stripeStatus: string, second: number, fundsReinstated = false): DisputeReport => ({
  stripeStatus,
  fundsReinstated,
  at: at(second),
});
const stateAfter = (...reported: DisputeReport[]): string =>
  reported.reduce<DisputeStatus | null>((known, one) => disputeAfter(known, one), null)!.state;

describe('A refund', () => {
  it.each([
    { from: 'requested', reported: 'pending', to: 'pending' },
    { from: 'pending', reported: 'succeeded', to: 'succeeded' },
    { from: 'succeeded', reported: 'failed', to: 'failed' },
    { from: 'succeeded', reported: 'pending', to: 'succeeded' },
    { from: 'failed', reported: 'succeeded', to: 'failed' },
    { from: 'pending', reported: 'cancelled', to: 'cancelled' },
  ] as const)('that is $from and told to be $reported is $to', ({ from, reported, to }) => {
    expect(refundStateAfter(from, reported)).toBe(to);
  });

  it('ends the same in whichever order its news come', () => {
    const life = fc.constantFrom<RefundState[]>(
      ['pending', 'succeeded'],
      ['pending', 'succeeded', 'failed'],
      ['pending', 'cancelled'],
      ['succeeded', 'failed'],
    );
    fc.assert(
      fc.property(
        life.chain((reported) =>
          fc.shuffledSubarray(reported, { minLength: reported.length }).map((order) => ({ reported, order })),
        ),
        ({ reported, order }) => {
          const end = order.reduce<RefundState>((known, one) => refundStateAfter(known, one), 'requested');
          expect(end).toBe(reported.at(-1));
        },
      ),
    );
  });

  it.each([
    ['succeeded', 'succeeded'],
    ['canceled', 'cancelled'],
    ['failed', 'failed'],
    ['requires_action', 'pending'],
    [null, 'pending'],
  ] as const)('of which Stripe says %s is %s', (status, state) => {
    expect(refundStateOf(status)).toBe(state);
    expect(REFUND_STATES).toContain(state);
  });
});

describe('A dispute', () => {
  it.each([
    { what: 'its own amount in its currency', currency: 'USD', withdrawn: 'EUR', cents: 280_000 },
    { what: 'what left the account, in another', currency: 'EUR', withdrawn: 'USD', cents: 290_000 },
    { what: 'all of it where that is in a third', currency: 'EUR', withdrawn: 'CAD', cents: 300_000 },
    {
      what: 'all of it where nothing left the account yet',
      currency: 'JPY',
      withdrawn: null,
      cents: 300_000,
    },
  ])('is about $what of a payment', ({ currency, withdrawn, cents }) => {
    const left = withdrawn === null ? null : { cents: 290_000, currency: withdrawn };
    const money = { amountCents: 280_000, currency, withdrawn: left };
    expect(disputedCentsOf({ amountCents: 300_000, currency: 'USD' }, money)).toBe(cents);
  });

  it.each([
    { name: 'created', reported: [report('needs_response', 1)], state: 'open' },
    { name: 'lost', reported: [report('needs_response', 1), report('lost', 2)], state: 'lost' },
    {
      name: 'lost, told the other way round',
      reported: [report('lost', 2), report('needs_response', 1)],
      state: 'lost',
    },
    {
      name: 'lost, told in one second',
      reported: [report('lost', 1), report('needs_response', 1)],
      state: 'lost',
    },
    {
      name: 'an inquiry closed',
      reported: [report('warning_under_review', 1), report('warning_closed', 2)],
      state: 'closed',
    },
    {
      name: 'lost, and the money came back',
      reported: [report('lost', 2), report('lost', 3, true)],
      state: 'won',
    },
    {
      name: 'the same the other way round',
      reported: [report('lost', 3, true), report('lost', 2)],
      state: 'won',
    },
    { name: 'lost on appeal', reported: [report('won', 2), report('lost', 3)], state: 'lost' },
    { name: 'won and lost in one second', reported: [report('won', 2), report('lost', 2)], state: 'won' },
    { name: 'lost and won in one second', reported: [report('lost', 2), report('won', 2)], state: 'won' },
  ])('$name is $state', ({ reported, state }) => {
    expect(stateAfter(...reported)).toBe(state);
  });
});
