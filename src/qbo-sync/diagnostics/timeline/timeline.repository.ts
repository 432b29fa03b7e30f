import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditRepository } from '../../../audit/audit.repository.js';
import type { Lead } from '../../../proposals/rows/lead.entity.js';
import type {
  ActivityFact,
  AttemptFact,
  InboxFact,
  LinkFact,
  OperationFact,
  Sources,
  StripeEventFact,
} from './timeline-facts.js';
import { TIMELINE_ITEMS_MAX } from './timeline.js';

interface OperationRow extends Omit<OperationFact, 'attempts'> {
  id: string;
}

/** Reads what each table tells of one proposal: of each the newest, so that a story without end stays bounded. */
@Injectable()
export class TimelineRepository {
  constructor(private readonly audit: AuditRepository) {}

  async read(tx: EntityManager, proposal: Lead): Promise<Sources> {
    return {
      currency: proposal.currency,
      activities: await this.activities(tx, proposal),
      operations: await this.operations(tx, proposal),
      stripeEvents: await this.stripeEvents(tx, proposal),
      links: await this.links(tx, proposal),
      inbox: await this.inbox(tx, proposal),
      deeds: await this.audit.listOfProposal(tx, proposal.orgId, proposal.id, TIMELINE_ITEMS_MAX),
    };
  }

  private async activities(tx: EntityManager, { orgId, id }: Lead): Promise<ActivityFact[]> {
    return tx.query(
      `select * from (
         select id, created_at as at, event, meta, occurrence from portal_activity
          where org_id = $1 and proposal_id = $2
          order by id desc limit ${TIMELINE_ITEMS_MAX}) newest
        order by id`,
      [orgId, id],
    );
  }

  /** The proposal's own, and the customer's in its currency from the approval on: without it there is no invoice. */
  private async operations(tx: EntityManager, proposal: Lead): Promise<OperationFact[]> {
    const { orgId, id, customerId, approvedAt, currency } = proposal;
    const rows = await tx.query<OperationRow[]>(
      `select * from (
         select id, kind, request_id as "requestId", state, qbo_id as "qboId", created_at as "createdAt",
                updated_at as "updatedAt"
           from sync_operations
          where org_id = $1
            and (proposal_id = $2 or kind like 'customer.%' and entity_id = $3 and updated_at >= $4
              and (kind <> 'customer.currency' or payload ->> 'currency' = $5))
          order by id desc limit ${TIMELINE_ITEMS_MAX}) newest
        order by id`,
      [orgId, id, customerId, approvedAt, currency],
    );
    const attempts = await this.attempts(
      tx,
      orgId,
      rows.map((row) => row.id),
    );
    return rows.map(({ id: operationId, ...operation }) => ({
      ...operation,
      attempts: attempts.filter((attempt) => attempt.operationId === operationId),
    }));
  }

  private async attempts(
    tx: EntityManager,
    orgId: number,
    operationIds: readonly string[],
  ): Promise<(AttemptFact & { operationId: string })[]> {
    if (operationIds.length === 0) return [];
    return tx.query(
      `select * from (
         select operation_id as "operationId", attempt, started_at as "startedAt", finished_at as "finishedAt", outcome,
                intuit_tid as "intuitTid"
           from sync_attempts where org_id = $1 and operation_id = any($2)
          order by started_at desc limit ${TIMELINE_ITEMS_MAX}) newest
        order by "operationId", attempt`,
      [orgId, operationIds],
    );
  }

  /** Events name a session or a payment intent; both are ours by our own rows. */
  private async stripeEvents(tx: EntityManager, { orgId, id }: Lead): Promise<StripeEventFact[]> {
    return tx.query(
      `with ids as (
         select stripe_session_id as id from checkout_sessions where org_id = $1 and proposal_id = $2
         union
         select stripe_payment_intent_id from payments where org_id = $1 and proposal_id = $2)
       select e.event_id as "eventId", e.type, e.received_at as at
         from ids join stripe_events e on e.body #>> '{data,object,id}' = ids.id
        union
       select e.event_id, e.type, e.received_at
         from ids join stripe_events e on e.body #>> '{data,object,payment_intent}' = ids.id
        order by at desc limit ${TIMELINE_ITEMS_MAX}`,
      [orgId, id],
    );
  }

  private async links(tx: EntityManager, { orgId, id }: Lead): Promise<LinkFact[]> {
    return tx.query(
      `select created_at as "createdAt", revoked_at as "revokedAt" from portal_links
        where org_id = $1 and proposal_id = $2
        order by id desc limit ${TIMELINE_ITEMS_MAX}`,
      [orgId, id],
    );
  }

  private async inbox(tx: EntityManager, proposal: Lead): Promise<InboxFact[]> {
    const { orgId, id, customerId, approvedAt } = proposal;
    return tx.query(
      `select code, state, created_at as "createdAt", closed_at as "closedAt", intuit_tid as "intuitTid"
         from inbox_items
        where org_id = $1
          and (proposal_id = $2 or proposal_id is null and customer_id = $3 and updated_at >= $4)
        order by id desc limit ${TIMELINE_ITEMS_MAX}`,
      [orgId, id, customerId, approvedAt],
    );
  }
}
