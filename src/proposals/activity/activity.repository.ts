import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../platform/database/statements/prepared.js';
import { Clock } from '../../platform/time/clock.js';
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

/** The same where the organisation is said once for several. */
export type LoggedActivity = Omit<NewActivity, 'orgId'>;

/** The activity log. Append only. */
@Injectable()
export class ActivityRepository {
  constructor(private readonly clock: Clock) {}

  /** Logs an event and answers true; answers false where the same occurrence of it is logged already. */
  async log(tx: EntityManager, { orgId, ...activity }: NewActivity): Promise<boolean> {
    return (await this.logAll(tx, orgId, [activity])) === 1;
  }

  /** The same for several events, in this order, in one statement. Answers how many were not logged before. */
  async logAll(tx: EntityManager, orgId: number, activities: readonly LoggedActivity[]): Promise<number> {
    if (activities.length === 0) return 0;
    const rows = await tx.query<{ id: string }[]>(
      prepared(`insert into portal_activity (org_id, customer_id, proposal_id, event, meta, occurrence, created_at)
       select $1, new."customerId", new."proposalId", new.event, coalesce(new.meta, '{}'), new.occurrence, $2
         from rows from (jsonb_to_recordset($3::jsonb) as (
                "customerId" int, "proposalId" int, event text, meta jsonb, occurrence text))
              with ordinality as new("customerId", "proposalId", event, meta, occurrence, place)
        order by new.place
       on conflict on constraint portal_activity_occurrence_key do nothing
       returning id`),
      [orgId, this.clock.now(), JSON.stringify(activities)],
    );
    return rows.length;
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
