import { describe, expect, it } from 'vitest';
import { NO_CREDITS } from '../settlement/settlements.js';
import {
  type ContractCredit,
  type ContractInvoice,
  NO_DEPOSIT_REFUNDS,
  standingOf,
} from './contract-standing.js';

const DEPOSIT: ContractInvoice = {
  id: 1,
  kind: 'deposit',
  sequence: 1,
  generation: 1,
  state: 'paid',
  isRefused: false,
  amountCents: 90_000,
  totalCents: 90_000,
  taxCents: 0,
  ...NO_CREDITS,
  retainedCents: 0,
  releasedCents: 0,
};
const FINAL: ContractInvoice = {
  ...DEPOSIT,
  id: 2,
  kind: 'final',
  amountCents: 210_000,
  totalCents: 210_000,
  releasedCents: 90_000,
};
/** Held, and what is left to bill as `why` and the customer's page say it, of 3,000.00 with a deposit of 900.00. */
const after = (invoices: readonly ContractInvoice[], refundedCents: number, takenOffCents = 0): number[] => {
  const refunds = { refundedCents, takenOffCents };
  const standing = standingOf({ valueCents: 300_000, depositMode: 'liability' }, invoices, refunds);
  const { remainingCents, retainedCents, depositHeldCents } = standing;
  return [depositHeldCents, remainingCents + retainedCents - depositHeldCents];
};

describe('A deposit that is held', () => {
  it('is held no more as far as it was refunded, and that is left to bill', () => {
    expect(after([DEPOSIT], 0)).toEqual([90_000, 210_000]);
    expect(after([DEPOSIT], 30_000)).toEqual([60_000, 240_000]);
  });

  it('and was released is not held below zero by a refund, which leaves nothing to bill', () => {
    expect(after([DEPOSIT, FINAL], 0)).toEqual([0, 0]);
    expect(after([DEPOSIT, FINAL], 30_000)).toEqual([0, 0]);
    const partly = { ...FINAL, totalCents: 240_000, releasedCents: 60_000 };
    expect(after([DEPOSIT, partly], 50_000)).toEqual([0, 0]);
  });

  it('and was taken off by the receipt of a refund stays so, also once its invoice is voided', () => {
    const voided: ContractInvoice = { ...DEPOSIT, state: 'voided', totalCents: 0 };
    expect(after([DEPOSIT], 30_000, 30_000)).toEqual([60_000, 240_000]);
    expect(after([voided], 30_000, 30_000)).toEqual([-30_000, 330_000]);
    expect(after([voided], 30_000)).toEqual([0, 300_000]);
  });

  it('and was released is billable again as far as it was credited', () => {
    expect(after([{ ...DEPOSIT, creditCents: 40_000 }, FINAL], 0)).toEqual([-40_000, 40_000]);
  });
});

describe('A credit memo that was lowered in QuickBooks', () => {
  const billed: ContractInvoice[] = [
    { ...DEPOSIT, kind: 'progress' },
    { ...FINAL, releasedCents: 0 },
  ];
  const credit: ContractCredit = {
    id: 1,
    state: 'open',
    isRefused: false,
    amountCents: 60_000,
    totalCents: 44_000,
    taxCents: 4_000,
  };
  const remaining = (change: Partial<ContractCredit>, refundedCents: number): number =>
    standingOf(
      { valueCents: 240_000, depositMode: 'income' },
      billed,
      NO_DEPOSIT_REFUNDS,
      [{ ...credit, ...change }],
      refundedCents,
    ).remainingCents;

  it('takes the rest back of what is billed as far as a refund gave it back', () => {
    expect(remaining({}, 0)).toBe(-20_000);
    expect(remaining({}, 15_000)).toBe(-5_000);
    expect(remaining({}, 20_000)).toBe(0);
    expect(remaining({}, 90_000)).toBe(0);
    // Negative controls: one that is as it was asked for, one that is not made yet, and one that is gone.
    expect(remaining({ totalCents: 66_000, taxCents: 6_000 }, 20_000)).toBe(0);
    expect(remaining({ state: null, totalCents: null }, 20_000)).toBe(0);
    expect(remaining({ state: 'deleted' }, 20_000)).toBe(-60_000);
  });

  it('takes no more back for what was refunded of a deposit that is held', () => {
    const held = [DEPOSIT, { ...FINAL, releasedCents: 30_000, totalCents: 270_000 }];
    const terms = { valueCents: 240_000, depositMode: 'liability' } as const;
    const refunded = (refundedCents: number) => ({ refundedCents, takenOffCents: 0 });
    expect(standingOf(terms, held, refunded(60_000), [credit], 60_000).remainingCents).toBe(-20_000);
    expect(standingOf(terms, held, refunded(70_000), [credit], 70_000).remainingCents).toBe(-10_000);
  });
});
