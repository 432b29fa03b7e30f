import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { Contract } from '../contract.entity.js';
import type { ReachedMilestone } from './reached-milestones.js';

/** What is done of a contract's work, as far as its revenue policy asks. */
export interface WorkProgress {
  milestones: ReachedMilestone[];
  /** Percentages done, cumulative, oldest first. */
  progress: { month: string; percent: number }[];
}

/** Milestones that were reached and percentages done. The row of the contract is locked by whoever writes. */
@Injectable()
export class WorkProgressRepository {
  async find(tx: EntityManager, { orgId, id }: Contract): Promise<WorkProgress> {
    const milestones = await tx.query<WorkProgress['milestones']>(
      `select sequence, to_char(reached_on, 'YYYY-MM-DD') as "reachedOn" from contract_milestones
        where org_id = $1 and contract_id = $2 order by sequence`,
      [orgId, id],
    );
    const progress = await tx.query<WorkProgress['progress']>(
      `select month, percent::float8 as percent from contract_progress
        where org_id = $1 and contract_id = $2 order by month`,
      [orgId, id],
    );
    return { milestones, progress };
  }

  /** Null: it was not reached after all. */
  async saveMilestone(
    tx: EntityManager,
    { orgId, id }: Contract,
    sequence: number,
    reachedOn: CalendarDay | null,
    at: Date,
  ): Promise<void> {
    if (reachedOn === null) {
      await tx.query(
        'delete from contract_milestones where org_id = $1 and contract_id = $2 and sequence = $3',
        [orgId, id, sequence],
      );
      return;
    }
    await tx.query(
      `insert into contract_milestones (org_id, contract_id, sequence, reached_on, updated_at)
       values ($1, $2, $3, $4, $5)
       on conflict on constraint contract_milestones_pkey do update
          set reached_on = excluded.reached_on, updated_at = excluded.updated_at`,
      [orgId, id, sequence, reachedOn, at],
    );
  }

  /** Puts these in place of those that were noted. */
  async replaceMilestones(
    tx: EntityManager,
    contract: Contract,
    milestones: readonly ReachedMilestone[],
    at: Date,
  ): Promise<void> {
    const { orgId, id } = contract;
    await tx.query('delete from contract_milestones where org_id = $1 and contract_id = $2', [orgId, id]);
    for (const { sequence, reachedOn } of milestones)
      await this.saveMilestone(tx, contract, sequence, reachedOn, at);
  }

  async savePercent(
    tx: EntityManager,
    { orgId, id }: Contract,
    { month, percent }: { month: string; percent: number },
    at: Date,
  ): Promise<void> {
    await tx.query(
      `insert into contract_progress (org_id, contract_id, month, percent, updated_at)
       values ($1, $2, $3, $4, $5)
       on conflict on constraint contract_progress_pkey do update
          set percent = excluded.percent, updated_at = excluded.updated_at`,
      [orgId, id, month, percent, at],
    );
  }
}
