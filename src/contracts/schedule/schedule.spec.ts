import { describe, expect, it } from 'vitest';
import type { Contract } from '../contract.entity.js';
import { contractStatus } from '../contract-record.js';
import type { ScheduledEntry } from './entry-plan.js';
import { changedSchedule, type WantedProgress } from './schedule.js';

const BARE = { percent: null, amountCents: null, milestone: null, triggerOn: null };
const CHANGE: WantedProgress = { ...BARE, amountCents: 50_000 };

/** Its final invoice was voided after change order 9 was approved: all of it can be billed anew. */
const STATUS = contractStatus(
  {
    contract: {
      proposalId: 7,
      currency: 'USD',
      valueCents: 1_050_000,
      depositMode: 'income',
      depositPercent: 30,
      depositCents: 300_000,
      retainagePercent: 0,
      completedOn: null,
      cancelledAt: null,
    } as Contract,
    lines: [{ id: 1, description: 'Roof', amountCents: 1_050_000 }],
    entries: [
      { ...BARE, number: 1, kind: 'deposit', sequence: 1 },
      { ...BARE, number: 2, kind: 'final', sequence: 1 },
      { ...CHANGE, number: 3, kind: 'progress', sequence: 1, changeOrderId: 9 },
    ],
    invoices: [],
    billedShares: [],
    credits: [],
    creditedShares: [],
    depositRefunds: { refundedCents: 0, takenOffCents: 0 },
    refundedCents: 0,
  },
  '2026-11-27',
);
const billedBy = (entries: ScheduledEntry[]): unknown =>
  entries.map(({ kind, changeOrderId }) => [kind, changeOrderId ?? null]);

describe('A schedule that is set anew', () => {
  it('keeps the change order that an entry bills', () => {
    expect(billedBy(changedSchedule(STATUS, [CHANGE, { ...BARE, percent: 10 }]))).toEqual([
      ['deposit', null],
      ['progress', 9],
      ['progress', null],
      ['final', null],
    ]);
  });

  it('bills no change order by an entry of another amount: the final invoice takes it up', () => {
    expect(billedBy(changedSchedule(STATUS, [{ ...BARE, amountCents: 40_000 }]))).toEqual([
      ['deposit', null],
      ['progress', null],
      ['final', null],
    ]);
  });
});
