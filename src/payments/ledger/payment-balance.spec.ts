import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DISPUTE_STATES, type DisputeState } from './disputes/dispute-state.js';
import { balanceOf } from './payment-balance.js';
import { REFUND_STATES, type RefundState } from './refunds/refund-state.js';

const refund = (amountCents: number, state: RefundState = 'succeeded') => ({ amountCents, state });
const dispute = (amountCents: number, state: DisputeState) => ({ amountCents, state });

describe('What is with us of a payment of 3000.00', () => {
  it.each([
    { name: 'nothing happened', net: 300_000, state: 'paid' },
    { name: 'a refund of 1000.00', refunds: [refund(100_000)], net: 200_000, state: 'partially_refunded' },
    {
      name: 'a refund on its way counts as gone',
      refunds: [refund(100_000, 'pending')],
      net: 200_000,
      state: 'partially_refunded',
    },
    {
      name: 'a refund that failed came back',
      refunds: [refund(100_000, 'failed')],
      net: 300_000,
      state: 'paid',
    },
    {
      name: 'a refund that was cancelled never went',
      refunds: [refund(100_000, 'cancelled')],
      net: 300_000,
      state: 'paid',
    },
    { name: 'all given back', refunds: [refund(100_000), refund(200_000)], net: 0, state: 'refunded' },
    { name: 'an open dispute', disputes: [dispute(100_000, 'open')], net: 300_000, state: 'disputed' },
    {
      name: 'of two disputes one is lost and one won',
      disputes: [dispute(100_000, 'lost'), dispute(50_000, 'won')],
      net: 200_000,
      state: 'partially_lost',
    },
    {
      name: 'two disputes are lost',
      disputes: [dispute(100_000, 'lost'), dispute(50_000, 'lost')],
      net: 150_000,
      state: 'partially_lost',
    },
    { name: 'all is lost', disputes: [dispute(300_000, 'lost')], net: 0, state: 'lost' },
    {
      name: 'refund and dispute of the same money, and the refund failed',
      refunds: [refund(100_000, 'failed')],
      disputes: [dispute(100_000, 'lost')],
      net: 200_000,
      state: 'partially_lost',
    },
    {
      name: 'the same money went twice',
      refunds: [refund(300_000)],
      disputes: [dispute(300_000, 'lost')],
      net: 0,
      state: 'lost',
    },
  ])('$name: $net', ({ refunds = [], disputes = [], net, state }) => {
    expect(balanceOf({ amountCents: 300_000, refunds, disputes })).toMatchObject({ netCents: net, state });
  });

  it('can be refunded as far as it is with us, asked for by nobody else and not disputed', () => {
    const refunds = [refund(50_000), refund(20_000, 'requested'), refund(99_999, 'failed')];
    const disputes = [dispute(30_000, 'open'), dispute(10_000, 'lost'), dispute(5_000, 'won')];
    expect(balanceOf({ amountCents: 300_000, refunds, disputes }).refundableCents).toBe(190_000);
  });

  it('is never negative and never more than was paid', () => {
    const cents = fc.integer({ min: 1, max: 10 ** 9 });
    fc.assert(
      fc.property(
        cents,
        fc.array(fc.record({ amountCents: cents, state: fc.constantFrom(...REFUND_STATES) })),
        fc.array(fc.record({ amountCents: cents, state: fc.constantFrom(...DISPUTE_STATES) })),
        (amountCents, refunds, disputes) => {
          const { netCents, refundableCents, refundedCents, lostCents } = balanceOf({
            amountCents,
            refunds,
            disputes,
          });
          expect(refundableCents).toBeLessThanOrEqual(netCents);
          for (const part of [netCents, refundableCents, refundedCents, lostCents]) {
            expect(part).toBeGreaterThanOrEqual(0);
            expect(part).toBeLessThanOrEqual(amountCents);
          }
        },
      ),
    );
  });
});
