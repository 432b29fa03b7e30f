import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identify, isOtherSum, type KnownRefund, unaccountedCents, outsideKey } from './refund-identity.js';

const at = new Date('2026-03-03T15:00:00Z');
const later = new Date('2026-03-03T15:00:01Z');
const row = (id: number, facts: Partial<KnownRefund>): KnownRefund => ({
  id,
  stripeRefundId: null,
  requestKey: null,
  amountCents: 100_000,
  state: 'succeeded',
  madeAt: at,
  failedAt: null,
  ...facts,
});
const named = (refundId: string, amountCents: number, requestKey: string | null = null) => ({
  refundId,
  requestKey,
  amountCents,
  madeAt: at,
});

describe('A refund that Stripe names', () => {
  it('is the row with its id', () => {
    expect(identify(named('re_1', 1), [row(1, {}), row(2, { stripeRefundId: 're_1' })])).toEqual({
      kind: 'known',
      id: 2,
      shrink: [],
    });
  });

  it('is the one that was asked for here under its key', () => {
    const rows = [row(1, { requestKey: 'refund-a', state: 'requested' })];
    expect(identify(named('re_1', 100_000, 'refund-a'), rows)).toEqual({ kind: 'known', id: 1, shrink: [] });
    expect(identify(named('re_1', 100_000, 'refund-b'), rows)).toEqual({ kind: 'new', shrink: [] });
  });

  it('is the nameless one of the same amount, or a part of it', () => {
    expect(identify(named('re_1', 100_000), [row(1, {})])).toEqual({ kind: 'known', id: 1, shrink: [] });
    expect(identify(named('re_1', 40_000), [row(1, {})])).toEqual({
      kind: 'new',
      shrink: [{ id: 1, byCents: 40_000 }],
    });
  });

  it('is the one that counted as failed, and the sum that was told beside that is its', () => {
    const rows = [row(1, { requestKey: 'refund-a', state: 'failed' }), row(2, { state: 'pending' })];
    const shrink = [{ id: 2, byCents: 100_000 }];
    expect(identify(named('re_1', 100_000, 'refund-a'), rows)).toEqual({ kind: 'known', id: 1, shrink });
  });

  it('made after the sum was told is no part of it', () => {
    expect(identify({ ...named('re_1', 100_000), madeAt: later }, [row(1, {})])).toEqual({
      kind: 'new',
      shrink: [],
    });
  });
});

describe('The sum Stripe tells of a charge', () => {
  it('is accounted for by refunds on their way, made, and failed ones that have an id', () => {
    const rows = [
      row(1, { stripeRefundId: 're_1', state: 'failed' }),
      row(2, { state: 'requested', requestKey: 'a', amountCents: 10 }),
      row(3, { state: 'failed', requestKey: 'b', amountCents: 999 }),
    ];
    expect(unaccountedCents(100_000, rows, at)).toBe(0);
    expect(unaccountedCents(100_015, rows, at)).toBe(5);
  });

  it('does not contain what a person gave back in another way', () => {
    const outside = row(1, { state: 'succeeded', requestKey: outsideKey('a'), amountCents: 40_000 });
    expect(unaccountedCents(40_000, [outside], at)).toBe(40_000);
    expect(isOtherSum(0, [outside])).toBe(false);
  });

  it('does not contain what had failed by then, and may contain what failed in the same second or since', () => {
    const failed = { stripeRefundId: 're_1', state: 'failed', amountCents: 30_000 } as const;
    expect(unaccountedCents(20_000, [row(1, { ...failed, failedAt: at })], later)).toBe(20_000);
    expect(unaccountedCents(20_000, [row(1, { ...failed, failedAt: later })], later)).toBe(0);
    expect(unaccountedCents(20_000, [row(1, { ...failed, failedAt: later })], at)).toBe(0);
  });

  it('has the refunds read where it is another one than theirs', () => {
    const [made, failed] = [
      row(1, { stripeRefundId: 're_1' }),
      row(2, { stripeRefundId: 're_2', state: 'failed' }),
    ];
    expect(isOtherSum(100_000, [made, failed])).toBe(false);
    expect(isOtherSum(100_000, [failed])).toBe(true);
    expect(isOtherSum(50_000, [made])).toBe(true);
  });

  it('and the refunds by themselves come to the same, in whichever order they are told', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        amounts.chain((cents) => {
          const single = cents.map((amountCents, index) => ({ refundId: `re_${index}`, amountCents }));
          const sums = cents.map((_, index) => ({
            sum: cents.slice(0, index + 1).reduce((a, b) => a + b, 0),
          }));
          const all = [...single, ...sums];
          return fc.shuffledSubarray(all, { minLength: all.length }).map((events) => ({ cents, events }));
        }),
        ({ cents, events }) => {
          let rows: KnownRefund[] = [];
          const add = (facts: Partial<KnownRefund>) => rows.push(row(rows.length + 1, facts));
          for (const event of events) {
            if ('sum' in event) {
              const amountCents = unaccountedCents(event.sum, rows, at);
              if (amountCents > 0) add({ amountCents });
              continue;
            }
            const identity = identify(named(event.refundId, event.amountCents), rows);
            if (identity.kind === 'known') {
              rows = rows.map((one) =>
                one.id === identity.id ? { ...one, stripeRefundId: event.refundId } : one,
              );
              continue;
            }
            for (const { id, byCents } of identity.shrink) {
              rows = rows.map((one) =>
                one.id === id ? { ...one, amountCents: one.amountCents - byCents } : one,
              );
            }
            add({ stripeRefundId: event.refundId, amountCents: event.amountCents });
          }
          const total = (list: readonly { amountCents: number }[]) =>
            list.reduce((sum, { amountCents }) => sum + amountCents, 0);
          expect(total(rows)).toBe(cents.reduce((a, b) => a + b, 0));
          expect(total(rows.filter(({ stripeRefundId }) => stripeRefundId === null))).toBe(0);
        },
      ),
    );
  });
});
