import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../time/clock.js';
import { type InboxCode, nextStepFor } from './next-step.js';

export interface NewInboxItem {
  orgId: number;
  /** What it is about, such as `operation:17`: one open item per subject. */
  subject: string;
  code: InboxCode;
  /** One plain sentence: who, what, how much, why. */
  reason: string;
  proposalId?: number | null;
  customerId?: number | null;
  operationId?: string | null;
  intuitTid?: string | null;
}

export interface InboxItem {
  id: number;
  code: InboxCode;
  reason: string;
  nextStep: string;
  proposalId: number | null;
  customerId: number | null;
  operationId: string | null;
  intuitTid: string | null;
  createdAt: Date;
}

const COLUMNS = `
  id::int as id, code, reason, next_step as "nextStep", proposal_id as "proposalId", customer_id as "customerId",
  operation_id as "operationId", intuit_tid as "intuitTid", created_at as "createdAt"`;

/** What waits for a person. Nothing is deleted: closed items tell later what was decided, by whom. */
@Injectable()
export class InboxRepository {
  constructor(private readonly clock: Clock) {}

  /** Puts an item in. An open one about the same subject is brought up to date instead. */
  async open(tx: EntityManager, item: NewInboxItem): Promise<void> {
    await tx.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, proposal_id, customer_id, operation_id,
                                intuit_tid, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
       on conflict (org_id, subject) where state = 'open' do update
         set code = excluded.code, reason = excluded.reason, next_step = excluded.next_step,
             intuit_tid = excluded.intuit_tid, updated_at = excluded.updated_at`,
      [
        item.orgId,
        item.subject,
        item.code,
        item.reason,
        nextStepFor(item.code),
        item.proposalId,
        item.customerId,
        item.operationId,
        item.intuitTid,
        this.clock.now(),
      ],
    );
  }

  /** Closes the open item about a subject, because it came right. */
  async resolveSubject(tx: EntityManager, orgId: number, subject: string): Promise<void> {
    await tx.query(
      `update inbox_items set state = 'resolved', closed_at = $3, updated_at = $3
        where org_id = $1 and subject = $2 and state = 'open'`,
      [orgId, subject, this.clock.now()],
    );
  }

  /** What a person last decided about a subject, not before `since`; null where nobody did. */
  async decisionSince(
    tx: EntityManager,
    orgId: number,
    subject: string,
    since: Date,
  ): Promise<'resolved' | 'dismissed' | null> {
    const [item] = await tx.query<{ state: 'resolved' | 'dismissed' }[]>(
      `select state from inbox_items
        where org_id = $1 and subject = $2 and closed_by is not null and closed_at >= $3
        order by id desc
        limit 1`,
      [orgId, subject, since],
    );
    return item?.state ?? null;
  }

  /** Closes an open item for a person. Answers false where there is none. */
  async close(
    tx: EntityManager,
    orgId: number,
    id: number,
    state: 'resolved' | 'dismissed',
    userId: number,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update inbox_items set state = $3, closed_at = $4, updated_at = $4, closed_by = $5
        where org_id = $1 and id = $2 and state = 'open'`,
      [orgId, id, state, this.clock.now(), userId],
    );
    return count === 1;
  }

  async findOpen(tx: EntityManager, orgId: number, id: number): Promise<InboxItem | null> {
    const [item] = await tx.query<InboxItem[]>(
      `select ${COLUMNS} from inbox_items where org_id = $1 and id = $2 and state = 'open'`,
      [orgId, id],
    );
    return item ?? null;
  }

  /** Open items, oldest first, from after `afterId`; one more than `limit`. */
  async listOpen(tx: EntityManager, orgId: number, limit: number, afterId = 0): Promise<InboxItem[]> {
    return tx.query(
      `select ${COLUMNS} from inbox_items where org_id = $1 and state = 'open' and id > $2 order by id limit $3`,
      [orgId, afterId, limit + 1],
    );
  }
}
