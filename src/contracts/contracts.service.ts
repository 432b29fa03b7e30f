import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { valuesOf } from '../audit/audit-values.js';
import { AuditService } from '../audit/audit.service.js';
import { OrgSettingsService } from '../orgs/settings/org-settings.service.js';
import { moneyText } from '../messages/format.js';
import { DomainError, invalid } from '../platform/errors/domain-error.js';
import { chargeStepCents } from '../platform/money/charge-amount.js';
import { type CalendarDay, dayInZone } from '../platform/time/calendar-day.js';
import { Clock } from '../platform/time/clock.js';
import type { InvoiceCoding } from './billing/invoice-coding.js';
import { ChangeOrdersRepository, type WholeChangeOrder } from './change-orders/change-orders.repository.js';
import { contractCancelled } from './contract-cancelled.js';
import type { Contract } from './contract.entity.js';
import { type ContractStatus, contractStatus } from './contract-record.js';
import { ContractRecordsRepository } from './contract-records.repository.js';
import { ContractsRepository, type NewContract, noContract } from './contracts.repository.js';
import type { CreditMemo } from './credits/credit-memo.entity.js';
import { CreditMemosRepository } from './credits/credit-memos.repository.js';
import { movedMilestones } from './progress/reached-milestones.js';
import type { PlannedEntry } from './schedule/entry-plan.js';
import {
  changedSchedule,
  scheduleOf,
  unchargeableEntries,
  type WantedProgress,
} from './schedule/schedule.js';
import { workDayProblem } from './progress/work-day.js';
import { WorkProgressRepository } from './progress/work-progress.repository.js';

/** Owns what was approved and how it is billed. How it stands follows from its invoices. */
@Injectable()
export class ContractsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly contracts: ContractsRepository,
    private readonly records: ContractRecordsRepository,
    private readonly orders: ChangeOrdersRepository,
    private readonly credits: CreditMemosRepository,
    private readonly work: WorkProgressRepository,
    private readonly settings: OrgSettingsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Freezes what was approved, in the transaction of the approval. */
  async open(
    tx: EntityManager,
    contract: NewContract,
    lines: readonly { description: string; amountCents: number }[],
  ): Promise<void> {
    await this.contracts.insert(tx, contract, lines, scheduleOf(contract, []));
  }

  /**
   * Its proposal was cancelled: nothing more is billed. Throws a conflict while a credit memo of it in the connected
   * company, of this realm id, is on no invoice: nothing is owed that it would be taken off, and QuickBooks would owe
   * it to the customer.
   */
  async cancel(tx: EntityManager, orgId: number, proposalId: number, realmId: string | null): Promise<void> {
    if (!(await this.contracts.find(tx, orgId, proposalId))) return;
    const contract = await this.contracts.getForUpdate(tx, orgId, proposalId);
    // Of whichever generation: the void of an earlier one may be undone.
    const open = await this.credits.listOpen(tx, orgId, proposalId);
    const left = open.find((memo) => memo.qboRealmId === realmId);
    if (left) throw isCredited(left);
    const at = this.clock.now();
    await this.contracts.update(tx, contract, { cancelledAt: at }, at);
  }

  /** The terms of a proposal's contract; null before its approval. */
  async find(
    orgId: number,
    proposalId: number,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Contract | null> {
    return this.contracts.find(tx, orgId, proposalId);
  }

  /** The same. Throws not found before the approval. */
  async termsOf(orgId: number, proposalId: number): Promise<Contract> {
    const contract = await this.find(orgId, proposalId);
    if (!contract) throw noContract(proposalId);
    return contract;
  }

  /** How the contract of a proposal stands now. Throws not found before the approval. */
  async get(orgId: number, proposalId: number): Promise<ContractStatus> {
    const status = await this.findStatus(this.dataSource.manager, orgId, proposalId);
    if (!status) throw noContract(proposalId);
    return status;
  }

  /** The same as part of a transaction; null before the approval. */
  async findStatus(tx: EntityManager, orgId: number, proposalId: number): Promise<ContractStatus | null> {
    const contract = await this.contracts.find(tx, orgId, proposalId);
    if (!contract) return null;
    return this.statusOf(tx, contract);
  }

  /** The same, with the contract locked until the transaction ends: nothing of it is billed meanwhile. */
  async getForUpdate(tx: EntityManager, orgId: number, proposalId: number): Promise<ContractStatus> {
    const contract = await this.contracts.getForUpdate(tx, orgId, proposalId);
    return this.statusOf(tx, contract);
  }

  /** The same; null before the approval. */
  async findForUpdate(tx: EntityManager, orgId: number, proposalId: number): Promise<ContractStatus | null> {
    const contract = await this.contracts.find(tx, orgId, proposalId);
    return contract && this.getForUpdate(tx, orgId, proposalId);
  }

  /** Locks the contract alone: however many wait in line, each reads what it needs once it is its turn, and no more. */
  async lock(tx: EntityManager, orgId: number, proposalId: number): Promise<Contract> {
    return this.contracts.getForUpdate(tx, orgId, proposalId);
  }

  /**
   * How a contract stands whose terms were read in this transaction, or are locked by it. A program's day is that of
   * UTC, which can be a day ahead of the organisation's: what it says is done, is done.
   */
  async statusOf(tx: EntityManager, contract: Contract): Promise<ContractStatus> {
    const { timeZone, ...record } = await this.records.recordOf(tx, contract);
    const today = timeZone === null ? await this.today(tx, contract.orgId) : this.dayIn(timeZone);
    return contractStatus(record, today, this.latestDay(today));
  }

  /** By which records of which QuickBooks company it is invoiced from now on. */
  async keepCoding(contract: Contract, ids: InvoiceCoding, realmId: string): Promise<void> {
    await this.contracts.keepCoding(this.dataSource.manager, contract, ids, realmId);
  }

  /** The change orders of a contract, in their order. */
  async changeOrdersOf(
    contract: Contract,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<WholeChangeOrder[]> {
    return this.orders.listOf(tx, contract);
  }

  /** What the contract comes to from now on: its next version. The caller holds its lock. */
  async changeValue(tx: EntityManager, contract: Contract, valueCents: number): Promise<void> {
    await this.contracts.update(
      tx,
      contract,
      { valueCents, version: contract.version + 1 },
      this.clock.now(),
    );
  }

  /**
   * Puts other progress payments into the schedule. A milestone that was reached stays so, wherever its entry stands.
   * Throws a conflict where they touch what is invoiced, or leave out what was reached.
   */
  async reschedule(
    orgId: number,
    proposalId: number,
    progress: readonly WantedProgress[],
  ): Promise<ContractStatus> {
    await this.dataSource.transaction(async (tx) => {
      const status = await this.getForUpdate(tx, orgId, proposalId);
      const { contract, entries: before } = status;
      assertChargeable(progress, contract.currency);
      const after = changedSchedule(status, progress);
      const { milestones } = await this.work.find(tx, contract);
      const moved = movedMilestones(proposalId, { before, after }, milestones);
      await this.contracts.replaceEntries(tx, contract, after);
      await this.work.replaceMilestones(tx, contract, moved, this.clock.now());
      const deed = { action: 'contract.rescheduled', subject: `contract:${proposalId}`, proposalId } as const;
      await this.audit.record(tx, orgId, {
        ...deed,
        after: { entries: progress.map((entry) => valuesOf(entry)) },
      });
    });
    return this.get(orgId, proposalId);
  }

  /**
   * The work is complete; null: it is not. The same day twice is the same as once; another day corrects it. Throws
   * `invalid` for a day on which it cannot be, and a conflict where it would not be complete and its retainage is
   * billed: from then on nothing is withheld any more.
   */
  async complete(
    orgId: number,
    proposalId: number,
    completedOn: CalendarDay | null,
  ): Promise<ContractStatus> {
    await this.dataSource.transaction(async (tx) => {
      const { contract, plannedEntries } = await this.getForUpdate(tx, orgId, proposalId);
      if (contract.cancelledAt !== null) throw contractCancelled(proposalId);
      if (contract.completedOn === completedOn) return;
      const today = await this.today(tx, orgId);
      const problem = completedOn && workDayProblem(completedOn, today);
      if (problem) throw invalid([{ field: 'completed_on', message: `completed_on ${problem}` }]);
      if (completedOn === null || completedOn > this.latestDay(today))
        assertRetained(proposalId, plannedEntries);
      await this.contracts.update(tx, contract, { completedOn }, this.clock.now());
      await this.audit.record(tx, orgId, {
        action: 'contract.completed',
        subject: `contract:${proposalId}`,
        proposalId,
        before: { completed_on: contract.completedOn },
        after: { completed_on: completedOn },
      });
    });
    return this.get(orgId, proposalId);
  }

  private async today(tx: EntityManager, orgId: number): Promise<CalendarDay> {
    const { timeZone } = await this.settings.get(orgId, tx);
    return this.dayIn(timeZone);
  }

  /** The day that it is for whoever is ahead of an organisation with this one. */
  private latestDay(today: CalendarDay): CalendarDay {
    const utc = this.dayIn('UTC');
    return utc > today ? utc : today;
  }

  private dayIn(timeZone: string): CalendarDay {
    return dayInZone(this.clock.now(), timeZone);
  }
}

function isCredited({
  proposalId,
  number,
  qboCreditMemoId,
  balanceCents,
  currency,
}: CreditMemo): DomainError {
  const left = moneyText(balanceCents ?? 0, currency);
  return new DomainError(
    'conflict',
    'proposal_credited',
    `Of credit memo ${number ?? qboCreditMemoId} of proposal ${proposalId} ${left} is on no invoice. Void it in ` +
      'QuickBooks first, or pay it out there; it is known here once QuickBooks was polled.',
  );
}

/** Retainage is owed once the work is complete: while it is billed, the work is. */
function assertRetained(proposalId: number, entries: readonly PlannedEntry[]): void {
  const billed = entries.find(({ kind, state }) => kind === 'retainage' && state === 'invoiced');
  if (!billed) return;
  throw new DomainError(
    'conflict',
    'entry_invoiced',
    `The retainage of proposal ${proposalId} is invoiced, so its work is complete. Void that invoice first by POST ` +
      `/invoices/${billed.invoice!.id}/void.`,
  );
}

/** An entry over parts of what the currency can be paid in would never be paid. */
function assertChargeable(progress: readonly WantedProgress[], currency: string): void {
  const step = chargeStepCents(currency);
  const wrong = unchargeableEntries(progress, step);
  if (wrong.length === 0) return;
  throw invalid(
    wrong.map((index) => ({
      field: `entries.${index}.amount_cents`,
      message: `amount_cents must be a multiple of ${step} in ${currency}`,
    })),
  );
}
