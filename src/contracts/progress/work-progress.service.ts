import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { RevenuePolicy } from '../../orgs/settings/org-settings.entity.js';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { DomainError, notFound, invalid } from '../../platform/errors/domain-error.js';
import { type CalendarDay, dayInZone, lastDayOf } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import type { Contract } from '../contract.entity.js';
import type { ContractStatus } from '../contract-record.js';
import { ContractsService } from '../contracts.service.js';
import { doneProblem } from './work-day.js';
import { type WorkProgress, WorkProgressRepository } from './work-progress.repository.js';

export interface WorkStatus extends WorkProgress {
  status: ContractStatus;
}

/** Notes what is done of a contract's work, where its revenue is earned by it. */
@Injectable()
export class WorkProgressService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly contracts: ContractsService,
    private readonly work: WorkProgressRepository,
    private readonly settings: OrgSettingsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Throws not found before the approval. */
  async get(orgId: number, proposalId: number): Promise<WorkStatus> {
    const status = await this.contracts.get(orgId, proposalId);
    return { status, ...(await this.work.find(this.dataSource.manager, status.contract)) };
  }

  /** The milestone of a progress entry was reached; null: it was not. Throws a conflict for another policy. */
  async reach(
    orgId: number,
    proposalId: number,
    number: number,
    reachedOn: CalendarDay | null,
  ): Promise<WorkStatus> {
    await this.dataSource.transaction(async (tx) => {
      const { contract, entries } = await this.contracts.getForUpdate(tx, orgId, proposalId);
      const entry = entries.find((one) => one.number === number);
      if (!entry) throw notFound('entry', number);
      assertPolicy(contract, 'milestone');
      if (entry.kind !== 'progress' || entry.milestone === null) {
        throw new DomainError('conflict', 'no_milestone', `Entry ${number} has no milestone.`);
      }
      if (reachedOn !== null) await this.assertDone(tx, contract, 'reached_on', reachedOn);
      const before = (await this.work.find(tx, contract)).milestones.find(
        ({ sequence }) => sequence === entry.sequence,
      );
      await this.work.saveMilestone(tx, contract, entry.sequence, reachedOn, this.clock.now());
      await this.audit.record(tx, orgId, {
        action: 'contract.milestone_reached',
        subject: `contract:${proposalId}`,
        proposalId,
        before: { number, reached_on: before?.reachedOn ?? null },
        after: { number, reached_on: reachedOn },
      });
    });
    return this.get(orgId, proposalId);
  }

  /** So much of the work is done at the end of a month. Throws a conflict for another policy. */
  async setPercent(
    orgId: number,
    proposalId: number,
    done: { month: string; percent: number },
  ): Promise<WorkStatus> {
    await this.dataSource.transaction(async (tx) => {
      const { contract } = await this.contracts.getForUpdate(tx, orgId, proposalId);
      assertPolicy(contract, 'percent');
      await this.assertDone(tx, contract, 'month', done.month);
      const before = (await this.work.find(tx, contract)).progress.find(({ month }) => month === done.month);
      await this.work.savePercent(tx, contract, done, this.clock.now());
      await this.audit.record(tx, orgId, {
        action: 'contract.progress_set',
        subject: `contract:${proposalId}`,
        proposalId,
        before: { month: done.month, percent: before?.percent ?? null },
        after: done,
      });
    });
    return this.get(orgId, proposalId);
  }

  /**
   * Throws for a day, or a month at whose end so much is done, that has not come or is a slip of the pen; and a
   * conflict where the contract was cancelled before: nothing is earned after that.
   */
  private async assertDone(
    tx: EntityManager,
    { orgId, proposalId, cancelledAt }: Contract,
    field: 'reached_on' | 'month',
    when: string,
  ): Promise<void> {
    const { timeZone } = await this.settings.get(orgId, tx);
    const problem = doneProblem(when, dayInZone(this.clock.now(), timeZone));
    if (problem) throw invalid([{ field, message: `${field} ${problem}` }]);
    if (cancelledAt === null) return;
    const cancelledOn = (await this.settings.daysThen(orgId, tx))(cancelledAt);
    const day = field === 'month' ? lastDayOf(when) : when;
    if (day <= cancelledOn) return;
    throw new DomainError(
      'conflict',
      'contract_cancelled',
      `Proposal ${proposalId} was cancelled on ${cancelledOn}: nothing is earned by work after that day. What was ` +
        'done by then can be noted still.',
    );
  }
}

/** What is to be done for a contract to earn, by its policy. */
function nextStepOf({ revenuePolicy, proposalId }: Contract): string {
  const contract = `/proposals/${proposalId}/contract`;
  switch (revenuePolicy) {
    case 'invoice':
      return 'It earns as it is billed, and nothing of its work is reported.';
    case 'completion':
      return `It earns once its work is done: POST /proposals/${proposalId}/complete.`;
    case 'milestone':
      return `It earns as milestones are reached: POST ${contract}/entries/{number}/reached.`;
    case 'percent':
      return `It earns by the percent that is done: PUT ${contract}/progress.`;
  }
}

function assertPolicy(contract: Contract, policy: RevenuePolicy): void {
  const { revenuePolicy, proposalId } = contract;
  if (revenuePolicy === policy) return;
  throw new DomainError(
    'conflict',
    'other_revenue_policy',
    `The contract of proposal ${proposalId} earns by policy ${revenuePolicy}, not ${policy}. ${nextStepOf(contract)}`,
  );
}
