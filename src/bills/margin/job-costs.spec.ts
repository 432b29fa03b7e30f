import { describe, expect, it } from 'vitest';
import type { BorneCost } from '../bill.js';
import { JobCosts } from './job-costs.js';

const BILL: Omit<BorneCost, 'lines'> = {
  type: 'Bill',
  qboId: '1',
  vendorId: '56',
  vendorName: 'Norton',
  number: null,
  memo: null,
  txnOn: '2026-03-02',
  currency: 'USD',
  refund: false,
  deleted: false,
};
type Allocations = BorneCost['lines'][number]['allocations'];

const line = (cents: number, allocations: Allocations = [], place = 1) => ({
  line: place,
  description: null,
  cents,
  customerId: 3,
  party: null,
  isCost: true,
  allocations,
});
const borneBy = (proposalId: number, cents: number): Allocations => [
  { id: null, proposalId, cents, basis: 'customer_ref', state: 'accepted' },
];

/** 200 bills of 50 days, four on each, two lines on each bill, from the day that is the first in no order of ids. */
const many: BorneCost[] = Array.from({ length: 200 }, (_, at) => ({
  ...BILL,
  qboId: String(at),
  type: at % 3 === 0 ? 'VendorCredit' : 'Bill',
  txnOn: `2026-0${1 + ((at * 7) % 5)}-${10 + ((at * 13) % 10)}`,
  lines: [line(100 + at), line(1, [], 2)],
}));

describe('The costs of jobs', () => {
  it('list the newest of what no job bears, in whatever order they come, and sum up all of it', () => {
    const all = new JobCosts().add(many).newestUnallocated();
    const ids = (costs: typeof all) =>
      costs.map(({ bill, line: place }) => `${bill.type} ${bill.qboId} ${place}`);
    expect(all.map(({ bill }) => bill.txnOn)).toEqual(
      many
        .flatMap((one) => [one.txnOn, one.txnOn])
        .toSorted()
        .toReversed(),
    );
    for (const order of [
      many,
      many.toReversed(),
      many.toSorted((one, other) => (one.txnOn < other.txnOn ? -1 : 1)),
    ]) {
      const costs = new JobCosts(15);
      for (const one of order) costs.add([one]);
      expect(ids(costs.newestUnallocated())).toEqual(ids(all.slice(0, 15)));
      expect(costs.unallocatedCount).toBe(400);
      expect(costs.unallocatedIn('USD')).toBe(200 * 100 + (199 * 200) / 2 + 200);
      expect(costs.unallocatedOf(3, 'USD')).toBe(costs.unallocatedIn('USD'));
      expect([
        costs.unallocatedOf(3, 'EUR'),
        costs.unallocatedOf(4, 'USD'),
        costs.unallocatedOf(null, 'USD'),
      ]).toEqual([0, 0, 0]);
    }
  });

  it('of a job in several currencies begin with that of its newest bill, in whatever order the bills come', () => {
    const bills = [
      { ...BILL, lines: [line(1, borneBy(7, 1))] },
      { ...BILL, currency: 'EUR', txnOn: '2026-03-04', lines: [line(2, borneBy(7, 2))] },
      { ...BILL, currency: 'CAD', qboId: '2', txnOn: '2026-03-04', lines: [line(3, borneBy(7, 3))] },
      { ...BILL, txnOn: '2026-03-03', lines: [line(4, borneBy(7, 4))] },
    ];
    for (const order of [bills, bills.toReversed()]) {
      const costs = new JobCosts().add(order).ofJob(7);
      expect(costs.map(({ currency, cents }) => [currency, cents])).toEqual([
        ['CAD', 3],
        ['EUR', 2],
        ['USD', 5],
      ]);
    }
  });
});
