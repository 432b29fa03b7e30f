import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../platform/errors/domain-error.js';
import type { DepositMode } from '../orgs/org-settings.entity.js';
import type { Contract } from './contract.entity.js';
import {
  billableContract,
  type ContractRecord,
  type ContractStatus,
  contractStatus,
} from './contract-record.js';
import { type InvoicePlan, planInvoice } from './invoice-plan.js';
import { changedSchedule, scheduleOf } from './schedule.js';
import { beforeTaxCents, type ContractInvoice, counts } from './standing.js';

const TODAY = '2026-11-26';

type Step = { do: 'bill'; entry: number } | { do: 'void'; invoice: number } | { do: 'complete' };

interface Life {
  mode: DepositMode;
  currency: 'USD' | 'JPY';
  units: number[];
  depositPercent: number;
  retainagePercent: number;
  percents: number[];
  steps: Step[];
}

const aLife: fc.Arbitrary<Life> = fc.record({
  mode: fc.constantFrom<DepositMode>('income', 'liability'),
  currency: fc.constantFrom<'USD' | 'JPY'>('USD', 'JPY'),
  units: fc
    .array(fc.integer({ min: -3_000_00, max: 40_000_00 }), { minLength: 1, maxLength: 6 })
    .filter((units) => units.reduce((sum, one) => sum + one, 0) > 100_00),
  depositPercent: fc.integer({ min: 1, max: 60 }),
  retainagePercent: fc.constantFrom(0, 5, 10),
  percents: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
  steps: fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('bill' as const), entry: fc.nat(6) }),
      fc.record({ do: fc.constant('void' as const), invoice: fc.nat(6) }),
      fc.record({ do: fc.constant('complete' as const) }),
    ),
    { maxLength: 25 },
  ),
});

/** A contract in memory: what the tables keep of it, and nothing more. */
class ContractInMemory {
  private record: ContractRecord;

  constructor({ mode, currency, units, depositPercent, retainagePercent, percents }: Life) {
    const amounts = units.map((one) => (currency === 'JPY' ? one * 100 : one));
    const valueCents = amounts.reduce((sum, one) => sum + one, 0);
    const step = currency === 'JPY' ? 100 : 1;
    const depositCents = Math.max(step, Math.round((valueCents * depositPercent) / 100 / step) * step);
    this.record = {
      contract: {
        proposalId: 7,
        currency,
        valueCents,
        depositMode: mode,
        depositPercent,
        depositCents,
        retainagePercent,
        completedOn: null,
        cancelledAt: null,
      } as Contract,
      lines: amounts.map((amountCents, index) => ({
        id: index + 1,
        description: `Line ${index}`,
        amountCents,
      })),
      entries: scheduleOf({ retainagePercent }, []),
      invoices: [],
      billedShares: [],
      depositRefundedCents: 0,
    };
    const progress = percents.map((percent) => ({
      percent,
      amountCents: null,
      milestone: null,
      triggerOn: null,
    }));
    this.record = { ...this.record, entries: changedSchedule(this.status(), progress) };
  }

  status(): ContractStatus {
    return contractStatus(this.record, TODAY);
  }

  /** Answers what is billed, or null where there is nothing to bill. */
  bill(place: number): InvoicePlan | null {
    const status = this.status();
    const entry = status.plannedEntries[place % status.plannedEntries.length]!;
    if (entry.state === 'invoiced') return null;
    let plan: InvoicePlan;
    try {
      plan = planInvoice({
        contract: billableContract(status),
        standing: status.standing,
        entry,
        depositCents: status.contract.depositCents,
        depositDescription: 'deposit',
      });
    } catch (error) {
      if (error instanceof DomainError) return null;
      throw error;
    }
    const id = this.record.invoices.length + 1;
    const invoice: ContractInvoice = {
      id,
      kind: entry.kind,
      sequence: entry.sequence,
      generation: (entry.invoice?.generation ?? 0) + 1,
      state: 'open',
      isRefused: false,
      amountCents: plan.amountCents,
      totalCents: plan.amountCents,
      taxCents: 0,
      creditCents: 0,
      retainedCents: plan.retainedCents,
      releasedCents: plan.releasedCents,
    };
    this.record = {
      ...this.record,
      invoices: [...this.record.invoices, invoice],
      billedShares: [
        ...this.record.billedShares,
        ...plan.lines.flatMap(({ contractLineId, amountCents }) =>
          contractLineId === null ? [] : [{ invoiceId: id, contractLineId, amountCents }],
        ),
      ],
    };
    return plan;
  }

  void(place: number): void {
    const { invoices } = this.record;
    const chosen = invoices[place % Math.max(1, invoices.length)]?.id;
    this.record = {
      ...this.record,
      invoices: invoices.map((one) => (one.id === chosen ? { ...one, state: 'voided', totalCents: 0 } : one)),
    };
  }

  complete(): void {
    this.record.contract.completedOn = TODAY;
  }

  play(step: Step): void {
    if (step.do === 'bill') this.bill(step.entry);
    else if (step.do === 'void') this.void(step.invoice);
    else this.complete();
  }

  /** Bills whatever can be billed, until nothing can. */
  finish(): void {
    this.complete();
    for (let round = 0; round < 3; round += 1) {
      this.status().plannedEntries.forEach((_, place) => this.bill(place));
    }
  }
}

const liveCents = ({ invoices }: ContractStatus): number =>
  invoices.filter(counts).reduce((sum, one) => sum + beforeTaxCents(one), 0);

function assertIdentity(status: ContractStatus): void {
  const { remainingCents, retainedCents, depositHeldCents } = status.standing;
  expect(liveCents(status) + remainingCents + retainedCents - depositHeldCents).toBe(
    status.contract.valueCents,
  );
}

describe('Whatever is billed and voided of a contract, in any order, in both deposit modes,', () => {
  it('live invoices + remaining + retained − deposit held is its value at every step', () => {
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
      { numRuns: 2_000 },
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
      { numRuns: 2_000 },
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
});
