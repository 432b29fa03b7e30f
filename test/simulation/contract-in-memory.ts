import { changeOrderEffect, valueWithout } from '../../src/contracts/change-orders/change-order-effect.js';
import type { Contract } from '../../src/contracts/contract.entity.js';
import {
  billableContract,
  type ContractRecord,
  type ContractStatus,
  contractStatus,
} from '../../src/contracts/contract-record.js';
import { type InvoicePlan, planInvoice } from '../../src/contracts/billing/invoice-plan.js';
import { changedSchedule, scheduleOf } from '../../src/contracts/schedule/schedule.js';
import { NO_CREDITS } from '../../src/contracts/settlement/settlements.js';
import type { ContractInvoice } from '../../src/contracts/billing/contract-standing.js';
import type { DepositMode } from '../../src/orgs/settings/org-settings.entity.js';
import { DomainError } from '../../src/platform/errors/domain-error.js';

const TODAY = '2026-11-26';

export type Step =
  | { do: 'bill'; entry: number }
  | { do: 'void'; invoice: number }
  | { do: 'change'; units: number[] }
  | { do: 'undo'; order: number }
  | { do: 'complete' };

/** The life of a contract: its terms, and what is done with it. */
export interface Life {
  mode: DepositMode;
  currency: 'USD' | 'JPY';
  units: number[];
  depositPercent: number;
  retainagePercent: number;
  percents: number[];
  steps: Step[];
}

/** A contract in memory: what the tables keep of it, and nothing more. */
export class ContractInMemory {
  private record: ContractRecord;
  private readonly orders: { number: number; deltaCents: number; lineIds: number[] }[] = [];
  private readonly step: 1 | 100;

  constructor({ mode, currency, units, depositPercent, retainagePercent, percents }: Life) {
    const step = currency === 'JPY' ? 100 : 1;
    this.step = step;
    const amounts = units.map((one) => one * step);
    const valueCents = amounts.reduce((sum, one) => sum + one, 0);
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
      credits: [],
      creditedShares: [],
      depositRefunds: { refundedCents: 0, takenOffCents: 0 },
      refundedCents: 0,
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
    const plan = orNull(() =>
      planInvoice({
        contract: billableContract(status),
        standing: status.standing,
        entry,
        depositCents: status.contract.depositCents,
        depositDescription: 'deposit',
      }),
    );
    if (!plan) return null;
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
      ...NO_CREDITS,
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
    else if (step.do === 'change') this.change(step.units);
    else if (step.do === 'undo') this.undo(step.order);
    else this.complete();
  }

  /** Approves a change order over these amounts; false where it is refused. */
  change(units: readonly number[]): boolean {
    const lines = units.map((one) => ({ amountCents: one * this.step }));
    const number = this.orders.length + 1;
    const deltaCents = lines.reduce((sum, { amountCents }) => sum + amountCents, 0);
    const effect = orNull(() => changeOrderEffect(this.status(), { number, deltaCents, lines }));
    if (!effect) return false;
    const firstId = this.record.lines.length + 1;
    const added = lines.map(({ amountCents }, index) => ({
      id: firstId + index,
      description: `Change ${number}`,
      amountCents,
    }));
    this.record.contract.valueCents = effect.valueCents;
    this.record = {
      ...this.record,
      lines: [...this.record.lines, ...added],
      entries: effect.entry ? [...this.record.entries, effect.entry] : this.record.entries,
    };
    if (effect.creditCents > 0) this.credit(effect.creditCents, effect.creditedCents, added);
    this.orders.push({ number, deltaCents, lineIds: added.map(({ id }) => id) });
    return true;
  }

  /** Takes back a change order that staff approved; false where that is refused. */
  undo(place: number): boolean {
    const order = this.orders[place % Math.max(1, this.orders.length)];
    if (!order) return false;
    const { billedShares, creditedShares } = this.record;
    const isBilled = [...billedShares, ...creditedShares].some((one) =>
      order.lineIds.includes(one.contractLineId),
    );
    const staff = { ...order, approvedBy: 'user:1' };
    const valueCents = orNull(() => valueWithout(this.status(), staff, isBilled));
    if (valueCents === null) return false;
    this.record.contract.valueCents = valueCents;
    this.record = {
      ...this.record,
      // A line of nothing keeps the numbers of those after it.
      lines: this.record.lines.map((line) =>
        order.lineIds.includes(line.id) ? { ...line, amountCents: 0 } : line,
      ),
    };
    order.deltaCents = 0;
    return true;
  }

  private credit(amountCents: number, shares: readonly number[], lines: readonly { id: number }[]): void {
    const id = this.record.credits.length + 1;
    const memo = { id, state: null, isRefused: false, amountCents, totalCents: null, taxCents: null };
    this.record = {
      ...this.record,
      credits: [...this.record.credits, memo],
      creditedShares: [
        ...this.record.creditedShares,
        ...lines.map((line, index) => ({
          creditMemoId: id,
          contractLineId: line.id,
          amountCents: shares[index]!,
        })),
      ],
    };
  }

  /** Bills whatever can be billed, until nothing can. */
  finish(): void {
    this.complete();
    for (let round = 0; round < 4; round += 1) {
      this.status().plannedEntries.forEach((_, place) => this.bill(place));
    }
  }
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
