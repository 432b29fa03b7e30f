import { describe, expect, it } from 'vitest';
import { takeOutOfLinesStep } from '../../../../messages/next-steps.js';
import { receiptsToLower } from './receipts-to-lower.js';
import type { OutboundRefund } from './refund-step.js';

const step = (id: string, amountCents: number, more: object = {}, state = 'done'): OutboundRefund =>
  ({ id, state, payload: { amountCents, ofReleased: false, draft: {}, ...more } }) as OutboundRefund;
const stepFor = (
  excessCents: number,
  steps: OutboundRefund[],
  released: Record<string, number>,
  failedCents: number[] = [],
): string | undefined => {
  const receipts = receiptsToLower(excessCents, steps, failedCents, new Map(Object.entries(released)));
  return receipts && takeOutOfLinesStep(receipts, 'Contract Work', 'USD');
};

describe('What is too much of refund receipts that name two products', () => {
  it('is taken off income first, and what is left off the deposit', () => {
    expect(stepFor(70_000, [step('1', 150_000)], { 1: 50_000 })).toBe(
      'Lower the refund receipt over $1,500.00 by $500.00 under “Contract Work” and $200.00 under “Customer Deposit” ' +
        'in QuickBooks, and this closes by itself; where the books of its day are closed, take that back by a sales ' +
        'receipt of today over $500.00 under “Contract Work” and $200.00 under “Customer Deposit”, then resolve this.',
    );
  });

  it('is said of each receipt, by what it stands over', () => {
    const steps = [step('1', 150_000, { overCents: 1_000 }), step('2', 20_000, { ofReleased: true })];
    expect(stepFor(40_000, steps, { 1: 50_000, 2: 0 })).toContain(
      'Delete the refund receipt over $200.00 in QuickBooks, and lower the refund receipt over $1,510.00 by $200.00 ' +
        'under “Contract Work”, and this closes',
    );
    expect(stepFor(40_000, steps, { 1: 50_000, 2: 0 })).toContain(
      'over $200.00 under “Contract Work” and $200.00 under “Contract Work”, then',
    );
  });

  it('is all of a receipt whose refund failed, whatever QuickBooks has it over', () => {
    const changed = step('1', 150_000, { overCents: 1_000 });
    expect(stepFor(150_000, [changed], { 1: 50_000 })).toContain(
      'Delete the refund receipt over $1,510.00 in QuickBooks, and this closes',
    );
    const unknown = step('1', 150_000, { overCents: null });
    expect(stepFor(150_000, [unknown], { 1: 50_000 })).toContain(
      'Delete the refund receipt in QuickBooks, and this closes',
    );
  });

  it('names no product for what was taxed there, as it may stand under several codes', () => {
    const taxed = step('1', 150_000, { draft: { taxed: {} } });
    expect(stepFor(60_000, [taxed], { 1: 50_000 })).toContain(
      'by $500.00 under “Contract Work” and $100.00 under its other products and tax codes in QuickBooks',
    );
  });

  it('is not said of one product, nor of what may not be in the books', () => {
    expect(stepFor(50_000, [step('1', 150_000)], { 1: 0 })).toBeUndefined();
    expect(stepFor(200_000, [step('1', 150_000)], { 1: 50_000 })).toBeUndefined();
    const sent = step('2', 50_000, {}, 'uncertain');
    expect(stepFor(200_000, [step('1', 150_000), sent], { 1: 50_000 })).toBeUndefined();
  });
});
