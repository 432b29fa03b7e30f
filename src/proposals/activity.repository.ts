import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../platform/database/prepared.js';
import { Clock } from '../platform/time/clock.js';
import type { ActivityEvent } from './activity-event.js';
import { Activity } from './activity.entity.js';

/** What is logged about a proposal or a customer of one organisation. */
export interface NewActivity {
  orgId: number;
  customerId?: number | null;
  proposalId?: number | null;
  event: ActivityEvent;
  meta?: Record<string, unknown>;
  /** Names the one happening behind the event, such as an invoice's version. Needs a `proposalId`. */
  occurrence?: string;
}

/** The activity log. Append only. */
@Injectable()
export class ActivityRepository {
  constructor(private readonly clock: Clock) {}

  /** Logs an event and answers true; answers false where the same occurrence of it is logged already. */
  async log(tx: EntityManager, activity: NewActivity): Promise<boolean> {
    const rows = await tx.query<{ id: string }[]>(
      prepared(`insert into portal_activity (org_id, customer_id, proposal_id, event, meta, occurrence, created_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict on constraint portal_activity_occurrence_key do nothing
       returning id`),
      [
        activity.orgId,
        activity.customerId ?? null,
        activity.proposalId ?? null,
        activity.event,
        JSON.stringify(activity.meta ?? {}),
        activity.occurrence ?? null,
        this.clock.now(),
      ],
    );
    return rows.length > 0;
  }

  /** True where this event is logged about the proposal. */
  async has(tx: EntityManager, orgId: number, proposalId: number, event: ActivityEvent): Promise<boolean> {
    return tx.existsBy(Activity, { orgId, proposalId, event });
  }

  /** Newest first, from before the activity `beforeId`; one more than `limit`, so that a page knows of the next. */
  async listOfProposal(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    { limit, beforeId }: { limit: number; beforeId?: number },
  ): Promise<Activity[]> {
    const query = tx
      .createQueryBuilder(Activity, 'activity')
      .where('activity.orgId = :orgId and activity.proposalId = :proposalId', { orgId, proposalId })
      .orderBy('activity.id', 'DESC')
      .limit(limit + 1);
    if (beforeId !== undefined) query.andWhere('activity.id < :beforeId', { beforeId });
    return query.getMany();
  }
}
