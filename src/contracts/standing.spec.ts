import { describe, expect, it } from 'vitest';
import { NO_CREDITS } from './settlements.js';
import { type ContractInvoice, standingOf } from './standing.js';

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
const after = (invoices: readonly ContractInvoice[], refundedCents: number): number[] => {
  const standing = standingOf({ valueCents: 300_000, depositMode: 'liability' }, invoices, refundedCents);
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

  it('and was released is billable again as far as it was credited', () => {
    expect(after([{ ...DEPOSIT, creditCents: 40_000 }, FINAL], 0)).toEqual([-40_000, 40_000]);
  });
});
