import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContractInMemory, type Life, type Step } from './contract-in-memory.js';
import type { DepositMode } from '../../src/orgs/settings/org-settings.entity.js';
import { finalIsBilled } from '../../src/contracts/change-orders/change-order-effect.js';
import type { ContractStatus } from '../../src/contracts/contract-record.js';
import { beforeTaxCents, counts } from '../../src/contracts/billing/contract-standing.js';

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('bill' as const), entry: fc.nat(8) }) },
  fc.record({ do: fc.constant('void' as const), invoice: fc.nat(8) }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      units: fc.array(fc.integer({ min: -2_000_00, max: 2_000_00 }), { minLength: 1, maxLength: 3 }),
    }),
  },
  fc.record({ do: fc.constant('undo' as const), order: fc.nat(4) }),
  fc.record({ do: fc.constant('complete' as const) }),
);

const aLife: fc.Arbitrary<Life> = fc.record({
  mode: fc.constantFrom<DepositMode>('income', 'liability'),
  currency: fc.constantFrom<'USD' | 'JPY'>('USD', 'JPY'),
  units: fc
    .array(fc.integer({ min: -3_000_00, max: 40_000_00 }), { minLength: 1, maxLength: 6 })
    .filter((units) => units.reduce((sum, one) => sum + one, 0) > 100_00),
  depositPercent: fc.integer({ min: 1, max: 60 }),
  retainagePercent: fc.constantFrom(0, 5, 10),
  percents: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
  steps: fc.array(aStep, { maxLength: 25 }),
});

/** What the live invoices are over, less credits. */
const liveCents = ({ invoices, credits }: ContractStatus): number =>
  invoices.filter(counts).reduce((sum, one) => sum + beforeTaxCents(one), 0) -
  credits.reduce((sum, { amountCents }) => sum + amountCents, 0);

function assertIdentity(status: ContractStatus): void {
  const { remainingCents, retainedCents, depositHeldCents } = status.standing;
  expect(liveCents(status) + remainingCents + retainedCents - depositHeldCents).toBe(
    status.contract.valueCents,
  );
}

describe('Whatever is billed, voided and changed of a contract, in any order, in both deposit modes,', () => {
  it('live invoices less credits + remaining + retained − deposit held is its value at every step', () => {
    fc.assert(
      fc.property(aLife, (life) => {
        const contract = new ContractInMemory(life);
        assertIdentity(contract.status());
        for (const step of life.steps) {
          contract.play(step);
          const status = contract.status();
          assertIdentity(status);
          expect(status.standing.remainingCents).toBeGreaterThanOrEqual(0);
          expect(status.standing.retainedCents).toBeGreaterThanOrEqual(-status.contract.valueCents);
          for (const invoice of status.invoices.filter(counts)) {
            expect(beforeTaxCents(invoice)).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('once everything is billed its lines sum to themselves, nothing remains and no deposit is held', () => {
    fc.assert(
      fc.property(aLife, (life) => {
        const contract = new ContractInMemory({ ...life, steps: [] });
        contract.finish();
        const { standing, billableLines, contract: terms } = contract.status();
        expect(standing).toMatchObject({ remainingCents: 0, depositHeldCents: 0, retainedCents: 0 });
        expect(standing.billedCents).toBe(terms.valueCents);
        for (const line of billableLines) expect(line.billedCents).toBe(line.amountCents);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a void that is billed again ends where it would have ended', () => {
    fc.assert(
      fc.property(aLife, fc.nat(6), (life, place) => {
        const contract = new ContractInMemory(life);
        contract.finish();
        contract.void(place);
        contract.finish();
        assertIdentity(contract.status());
        expect(contract.status().standing.remainingCents).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('deposit, progress and final entries sum to the value before anything is billed', () => {
    fc.assert(
      fc.property(aLife, (life) => {
        const { plannedEntries, contract } = new ContractInMemory(life).status();
        const cents = plannedEntries
          .filter(({ kind }) => kind !== 'retainage')
          .reduce((sum, one) => sum + one.plannedCents, 0);
        expect(cents).toBe(contract.valueCents);
      }),
      { numRuns: 500 },
    );
  });

  it('a change after everything is billed is billed or credited to the cent, line by line, in any order', () => {
    fc.assert(
      fc.property(
        aLife,
        fc.array(fc.array(fc.integer({ min: -900_00, max: 900_00 }), { minLength: 1 })),
        (life, changes) => {
          const contract = new ContractInMemory({ ...life, steps: [] });
          contract.finish();
          for (const units of changes) {
            contract.change(units);
            assertIdentity(contract.status());
            contract.finish();
          }

          const { standing, billableLines, contract: terms } = contract.status();
          expect(standing).toMatchObject({ remainingCents: 0, depositHeldCents: 0, retainedCents: 0 });
          expect(standing.billedCents).toBe(terms.valueCents);
          for (const line of billableLines) expect(line.billedCents).toBe(line.amountCents);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a change between deposit and final invoice is taken up by it; a deposit above what is left stays held', () => {
    fc.assert(
      fc.property(aLife, (life) => {
        const contract = new ContractInMemory(life);
        for (const step of life.steps) if (step.do !== 'void') contract.play(step);
        contract.finish();
        const status = contract.status();
        assertIdentity(status);
        expect(status.standing).toMatchObject({ remainingCents: 0, retainedCents: 0 });
        expect(status.standing.depositHeldCents).toBeGreaterThanOrEqual(0);
        if (!finalIsBilled(status)) return;
        // One that adds and one that leaves out the same before either is billed leave nothing for an invoice.
        const left = status.billableLines.map(({ amountCents, billedCents }) => amountCents - billedCents);
        expect(left.reduce((sum, one) => sum + one, 0)).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a change below what is billed is refused while the final invoice is to come, and changes nothing', () => {
    const contract = new ContractInMemory({
      mode: 'income',
      currency: 'USD',
      units: [10_000_00],
      depositPercent: 30,
      retainagePercent: 0,
      percents: [],
      steps: [],
    });
    contract.bill(0);
    expect(contract.change([-7_000_01])).toBe(false);
    expect(contract.status().contract.valueCents).toBe(10_000_00);
    expect(contract.change([-7_000_00])).toBe(true);
    expect(contract.status().standing).toMatchObject({ billedCents: 3_000_00, remainingCents: 0 });
  });
});
