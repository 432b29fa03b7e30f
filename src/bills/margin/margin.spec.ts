import { describe, expect, it } from 'vitest';
import { marginOf, marginTotals } from './margin.js';

const job = (proposalId: number, revenueCents: number, feesCents: number | null) =>
  marginOf({ proposalId, customerId: 1, currency: 'USD', revenueCents, feesCents }, []);

describe('The margin of a job', () => {
  it('is lowered by what Stripe kept', () => {
    expect(job(1, 100_000, 2_930)).toMatchObject({
      feesCents: 2_930,
      marginCents: 97_070,
      marginPercent: 97.07,
    });
  });

  it('is before the fees while they are unknown, and says so', () => {
    expect(job(1, 100_000, null)).toMatchObject({ feesCents: null, marginCents: 100_000 });
  });

  it('has no fees where nothing was paid by Stripe, which is known', () => {
    expect(job(1, 100_000, 0)).toMatchObject({ feesCents: 0, marginCents: 100_000 });
  });

  it('is in a total whose fees are unknown as soon as those of one job are', () => {
    const known = [job(1, 100_000, 2_930), job(2, 50_000, 1_480)];
    expect(marginTotals(known, [])).toMatchObject([{ feesCents: 4_410, marginCents: 145_590 }]);
    const unknown = [...known, job(3, 10_000, null)];
    expect(marginTotals(unknown, [])).toMatchObject([{ feesCents: null, marginCents: 155_590 }]);
  });
});
