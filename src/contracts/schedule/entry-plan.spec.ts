import { describe, expect, it } from 'vitest';
import { plannedEntries, type PlannedContract, type ScheduledEntry } from './entry-plan.js';
import { type ContractInvoice, NO_DEPOSIT_REFUNDS, standingOf } from '../billing/contract-standing.js';
import { NO_CREDITS } from '../settlement/settlements.js';

describe('An entry of a schedule that comes to nothing', () => {
  const contract: PlannedContract = {
    valueCents: 1_000_000,
    currency: 'USD',
    depositMode: 'income',
    depositPercent: 30,
    depositCents: 300_000,
    completedOn: '2026-03-18',
    isComplete: true,
    isCancelled: false,
    isDepositUntaxed: false,
  };
  const entry = (
    number: number,
    kind: ScheduledEntry['kind'],
    percent: number | null = null,
  ): ScheduledEntry => ({
    number,
    kind,
    sequence: 1,
    percent,
    amountCents: null,
    milestone: null,
    triggerOn: null,
  });
  const ENTRIES = [entry(1, 'deposit'), entry(2, 'progress', 70), entry(3, 'final')];
  const invoice = (id: number, kind: ContractInvoice['kind'], cents: number): ContractInvoice => ({
    id,
    kind,
    sequence: 1,
    generation: 1,
    state: 'open',
    isRefused: false,
    amountCents: cents,
    totalCents: cents,
    taxCents: 0,
    ...NO_CREDITS,
    retainedCents: 0,
    releasedCents: 0,
  });
  const WHOLE = [invoice(11, 'deposit', 300_000), invoice(12, 'progress', 700_000)];
  const statesOf = (change: Partial<PlannedContract>, invoices: readonly ContractInvoice[]): string[] => {
    const changed = { ...contract, ...change };
    const standing = standingOf(changed, invoices, NO_DEPOSIT_REFUNDS);
    return plannedEntries(changed, ENTRIES, invoices, standing, '2026-03-20').map(({ state }) => state);
  };

  it('is not ready where deposit and progress bill the whole, and is again once the contract comes to more', () => {
    expect(statesOf({}, WHOLE)).toEqual(['invoiced', 'invoiced', 'pending']);
    expect(statesOf({ valueCents: 1_050_000 }, WHOLE)).toEqual(['invoiced', 'invoiced', 'ready']);
  });

  it('is not ready where an edited deposit takes up the progress too', () => {
    expect(statesOf({}, [invoice(11, 'deposit', 1_000_000)])).toEqual(['invoiced', 'pending', 'pending']);
    expect(statesOf({}, [invoice(11, 'deposit', 300_000)])).toEqual(['invoiced', 'ready', 'ready']);
  });

  it('is not ready where progress was billed before the deposit and takes up all of the contract', () => {
    const progress = [invoice(12, 'progress', 700_000)];
    expect(statesOf({ valueCents: 700_000 }, progress)).toEqual(['pending', 'invoiced', 'pending']);
    expect(statesOf({ valueCents: 800_000 }, progress)).toEqual(['ready', 'invoiced', 'ready']);
  });

  it('is ready once the work is complete where it bills the work of a deposit that was not taxed', () => {
    const taxed = { isDepositUntaxed: true };
    expect(statesOf(taxed, WHOLE)).toEqual(['invoiced', 'invoiced', 'ready']);
    expect(statesOf({ ...taxed, isComplete: false }, WHOLE)).toEqual(['invoiced', 'invoiced', 'pending']);
    expect(statesOf(taxed, [...WHOLE, invoice(13, 'final', 0)]).at(-1)).toBe('invoiced');
    expect(statesOf(taxed, [invoice(11, 'deposit', 1_000_000)])).toEqual(['invoiced', 'pending', 'ready']);
  });

  it('is ready where the final invoice releases a deposit that covers all, though it is over 0.00', () => {
    const states = statesOf({ depositMode: 'liability' }, [invoice(11, 'deposit', 1_000_000)]);
    expect(states).toEqual(['invoiced', 'pending', 'ready']);
  });
});
