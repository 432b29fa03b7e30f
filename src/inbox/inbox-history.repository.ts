import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KNOWN_NAME } from '../auth/people/known-person-sql.js';
import { Clock } from '../platform/time/clock.js';
import type { InboxEvent, InboxEventKind } from './inbox-event.js';

const EVENTS_SHOWN_MAX = 200;

/** What is written down about one happening. */
export interface NewInboxEvent {
  orgId: number;
  itemId: number;
  event: InboxEventKind;
  userId?: number | null;
  code?: string;
  qboCode?: string | null;
  reason?: string;
  intuitTid?: string | null;
  qboId?: string | null;
}

/** The inbox_events table: what happened to each item, by whom and when. Append only, but for the end of a retry. */
@Injectable()
export class InboxHistoryRepository {
  constructor(private readonly clock: Clock) {}

  /** Writes one happening down. Answers its id. */
  async note(tx: EntityManager, event: NewInboxEvent): Promise<string> {
    const [row] = await tx.query<{ id: string }[]>(
      `insert into inbox_events (org_id, item_id, event, at, user_id, code, qbo_code, reason, intuit_tid, qbo_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
      [
        event.orgId,
        event.itemId,
        event.event,
        this.clock.now(),
        event.userId,
        event.code,
        event.qboCode,
        event.reason,
        event.intuitTid,
        event.qboId,
      ],
    );
    return row!.id;
  }

  /** Writes down the same about many items, in their order. */
  async noteAll(
    tx: EntityManager,
    orgId: number,
    itemIds: readonly number[],
    { event, userId }: Required<Pick<NewInboxEvent, 'event' | 'userId'>>,
  ): Promise<void> {
    await tx.query(
      `insert into inbox_events (org_id, item_id, event, at, user_id)
       select $1, item_id, $3, $4, $5 from unnest($2::int[]) with ordinality as items (item_id, place) order by place`,
      [orgId, itemIds, event, this.clock.now(), userId],
    );
  }

  /** Says what came of a retry. */
  async finishRetry(
    tx: EntityManager,
    orgId: number,
    eventId: string,
    outcome: 'open' | 'resolved',
    error: string | null,
  ): Promise<void> {
    await tx.query(
      'update inbox_events set outcome = $3, error = $4, finished_at = $5 where org_id = $1 and id = $2',
      [orgId, eventId, outcome, error, this.clock.now()],
    );
  }

  /**
   * Everything that happened about a subject, oldest first, its earlier items included; of a very long story the end.
   */
  async listOfSubject(tx: EntityManager, orgId: number, subject: string): Promise<InboxEvent[]> {
    return tx.query(
      `select * from (
         select e.id, e.item_id::int as "itemId", e.event, e.at, e.user_id as "userId",
                ${KNOWN_NAME} as "userName",
                e.code, e.qbo_code as "qboCode", e.reason,
                e.intuit_tid as "intuitTid", e.qbo_id as "qboId", e.outcome, e.error
           from inbox_items i
           join inbox_events e on e.org_id = i.org_id and e.item_id = i.id
           left join users u on u.id = e.user_id
           left join memberships m on m.org_id = e.org_id and m.user_id = e.user_id
          where i.org_id = $1 and i.subject = $2
          order by e.id desc limit ${EVENTS_SHOWN_MAX}) newest
        order by id`,
      [orgId, subject],
    );
  }
}
