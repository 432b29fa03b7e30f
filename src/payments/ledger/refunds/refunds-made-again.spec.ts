import { describe, expect, it } from 'vitest';
import type { RefundState } from './refund-state.js';
import { type FollowedRefund, refundsMadeAgain } from './refunds-made-again.js';

const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 3, 15, minute));

/** Made at the first minute, and, where it failed, failed at the second. */
function refund(
  id: number,
  amountCents: number,
  state: RefundState,
  made: number,
  failed: number | null = null,
): FollowedRefund {
  const updatedAt = at(failed ?? made);
  return {
    id,
    amountCents,
    state,
    isAskedAbout: true,
    madeAt: at(made),
    failedAt: failed === null ? null : at(failed),
    createdAt: at(made),
    updatedAt,
  };
}

/** Stripe refused it while somebody waited for it: it was asked for in vain, and nobody hears of it any more. */
const refused = (id: number, amountCents: number, made: number): FollowedRefund => ({
  ...refund(id, amountCents, 'failed', made),
  isAskedAbout: false,
});

describe('A refund that did not reach the customer', () => {
  it.each([
    { what: 'nothing went back since', since: [], again: [] },
    { what: 'as much went back since', since: [refund(2, 100, 'succeeded', 3)], again: [1] },
    { what: 'as much is on its way', since: [refund(2, 100, 'pending', 3)], again: [1] },
    { what: 'as much went back before it failed', since: [refund(2, 100, 'succeeded', 1)], again: [] },
    { what: 'another sum went back since', since: [refund(2, 150, 'succeeded', 3)], again: [] },
    {
      what: 'as much went back since in parts',
      since: [refund(2, 60, 'succeeded', 3), refund(3, 40, 'pending', 4)],
      again: [1],
    },
    {
      what: 'a part of it went back since, and another failed',
      since: [refund(2, 60, 'succeeded', 3), refund(3, 40, 'failed', 4, 5)],
      again: [],
    },
    {
      what: 'another sum went back since in parts',
      since: [refund(2, 60, 'succeeded', 3), refund(3, 50, 'succeeded', 4)],
      again: [],
    },
    {
      what: 'another failed too, and one was made again at once and the other in parts',
      since: [
        refund(2, 60, 'failed', 0, 2),
        refund(3, 40, 'succeeded', 3),
        refund(4, 60, 'succeeded', 4),
        refund(5, 60, 'succeeded', 5),
      ],
      again: [1, 2],
    },
    { what: 'as much is asked for and not answered', since: [refund(2, 100, 'requested', 3)], again: [] },
    { what: 'the one in its place failed too', since: [refund(2, 100, 'failed', 3, 4)], again: [] },
    {
      what: 'the one in its place failed too, and was made once more',
      since: [refund(2, 100, 'failed', 3, 4), refund(3, 100, 'succeeded', 5)],
      again: [2],
    },
    {
      what: 'one was refused at once, and then as much went back',
      since: [refused(2, 100, 3), refund(3, 100, 'succeeded', 4)],
      again: [1],
    },
    {
      what: 'as much went back in parts, one of which was refused at first',
      since: [refund(2, 60, 'succeeded', 3), refused(3, 40, 4), refund(4, 40, 'pending', 5)],
      again: [1],
    },
    {
      what: 'another over as much failed, and each was made again',
      since: [
        refund(2, 100, 'cancelled', 0, 2),
        refund(3, 100, 'succeeded', 4),
        refund(4, 100, 'succeeded', 5),
      ],
      again: [1, 2],
    },
  ])('is made again or not, where $what', ({ since, again }) => {
    const made = refundsMadeAgain([refund(1, 100, 'failed', 0, 2), ...since]);
    expect([...made].toSorted((a, b) => a - b)).toEqual(again);
  });

  it('is made again by one that was asked for once it was heard of, whatever Stripe says of the time', () => {
    const failed = { ...refund(1, 100, 'failed', 0, 9), updatedAt: at(2) };
    expect([...refundsMadeAgain([failed, refund(2, 100, 'succeeded', 3)])]).toEqual([1]);
    const late = { ...refund(1, 100, 'failed', 0), updatedAt: at(2) };
    expect([...refundsMadeAgain([late, refund(2, 100, 'succeeded', 3)])]).toEqual([1]);
  });
});
