import { describe, expect, it } from 'vitest';
import type { PlannedEntry } from '../schedule/entry-plan.js';
import { type BillableContract, planInvoice } from './invoice-plan.js';
import type { ContractStanding } from './contract-standing.js';

const CONTRACT: BillableContract = {
  valueCents: 1_000_000,
  currency: 'USD',
  depositMode: 'liability',
  depositPercent: 0,
  depositCents: 0,
  completedOn: '2026-11-27',
  isComplete: true,
  isCancelled: false,
  isDepositUntaxed: false,
  proposalId: 7,
  retainagePercent: 5,
  isFinalBilled: true,
  lines: [{ id: 1, description: 'New roof', amountCents: 1_000_000, billedCents: 600_000 }],
};
const STANDING: ContractStanding = {
  depositCents: 0,
  billedCents: 600_000,
  remainingCents: 400_000,
  depositHeldCents: 0,
  retainedCents: 30_000,
};
const PROGRESS: PlannedEntry = {
  number: 2,
  kind: 'progress',
  sequence: 1,
  percent: 40,
  amountCents: null,
  milestone: null,
  triggerOn: null,
  plannedCents: 400_000,
  state: 'ready',
  invoice: null,
};
const planOf = (contract: Partial<BillableContract>, standing: Partial<ContractStanding> = {}) =>
  planInvoice({
    contract: { ...CONTRACT, ...contract },
    standing: { ...STANDING, ...standing },
    entry: PROGRESS,
    depositCents: 0,
    depositDescription: 'Deposit',
  });

describe('A progress invoice', () => {
  it('withholds its share', () => {
    expect(planOf({})).toMatchObject({ amountCents: 380_000, retainedCents: 20_000 });
  });

  it('withholds nothing once what was withheld is billed', () => {
    expect(planOf({ retainagePercent: 0 }, { retainedCents: 0 })).toMatchObject({
      amountCents: 400_000,
      retainedCents: 0,
    });
  });

  it('that is made anew after its retainage was billed does not bill that a second time', () => {
    const plan = planOf({ retainagePercent: 0 }, { retainedCents: -20_000 });
    expect(plan).toMatchObject({ amountCents: 380_000, retainedCents: 20_000 });
    expect(plan.lines.at(-1)).toMatchObject({
      description: 'Retainage that is billed already',
      amountCents: -20_000,
    });
  });
});

describe('The final invoice of a contract that deposit and progress have billed', () => {
  const finalOf = (contract: Partial<BillableContract>, remainingCents: number) =>
    planInvoice({
      contract: {
        ...CONTRACT,
        depositMode: 'income',
        retainagePercent: 0,
        isFinalBilled: false,
        ...contract,
      },
      standing: { ...STANDING, depositCents: 400_000, remainingCents, retainedCents: 0 },
      entry: { ...PROGRESS, number: 3, kind: 'final', percent: null },
      depositCents: 0,
      depositDescription: 'Deposit',
    });

  it('bills the work of a deposit that was not taxed, less the deposit', () => {
    const plan = finalOf({ isDepositUntaxed: true }, 0);
    expect(plan.amountCents).toBe(0);
    expect(plan.lines).toMatchObject([
      { kind: 'work', amountCents: 400_000 },
      { kind: 'deposit', description: 'Less Deposit', amountCents: -400_000 },
    ]);
    expect(finalOf({ isDepositUntaxed: true }, -50_000).lines.map((line) => line.amountCents)).toEqual([
      350_000, -350_000,
    ]);
  });

  it('is not there where nothing is taxed', () => {
    expect(() => finalOf({}, 0)).toThrow('comes to nothing');
    expect(() => finalOf({ isDepositUntaxed: true, depositMode: 'liability' }, 0)).toThrow(
      'comes to nothing',
    );
  });
});

describe('The invoice of what was withheld', () => {
  const withheld = (contract: Partial<BillableContract>) => () =>
    planInvoice({
      contract: { ...CONTRACT, ...contract },
      standing: STANDING,
      entry: { ...PROGRESS, kind: 'retainage', percent: null },
      depositCents: 0,
      depositDescription: 'Deposit',
    });

  it('waits for the day on which the work is complete, where it is known beforehand', () => {
    const refusal = (completedOn: string | null) => withheld({ completedOn, isComplete: false });
    expect(refusal('2026-12-24')).toThrow(
      'Retainage of proposal 7 is billed once the work is complete, on 2026-12-24.',
    );
    expect(refusal(null)).toThrow('is billed once the work is complete: POST /proposals/7/complete.');
    expect(withheld({})()).toMatchObject({ amountCents: 30_000, retainedCents: -30_000 });
  });
});
