import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { throughDoor } from '../platform/database/scope/scope.js';
import { isFree, type Lease, type LeaseTable } from '../jobs/leases/lease.js';
import type { AlertMessage } from './alert-message.js';
import type { Address, AlertNotification } from './notification.js';

/**
 * No older message of its organisation waits for the same address: what goes to one leaves in its order. By what is
 * never null, which an index has: else each that waits is held against each.
 */
const IS_NEXT = `not exists (
  select from alert_messages older
   where coalesce(older.org_id, 0) = coalesce(alert_messages.org_id, 0) and older.channel = alert_messages.channel
     and coalesce(older.recipient, '') = coalesce(alert_messages.recipient, '')
     and older.state = 'queued' and older.id < alert_messages.id)`;

export const MESSAGE_LEASE: LeaseTable = {
  table: 'alert_messages',
  key: ['id'],
  token: 'lease_token',
  until: 'lease_until',
  takeable: `state = 'queued' and next_attempt_at <= :now and ${IS_NEXT}`,
  onTake: 'attempts = attempts + 1',
  returning: `id, org_id as "orgId", channel, recipient, subject, body, attempts, problem, created_at as "createdAt"`,
};

export interface NextMessage {
  id: string;
  dueAt: Date;
}

/** The alert_messages table: what is to be sent, and what became of it. */
@Injectable()
export class AlertMessagesRepository {
  /**
   * Writes one message down for an address. Answers its id. `incident_ids` is evidence of what it was about, also once
   * an incident is about another matter.
   */
  async insert(
    tx: EntityManager,
    notification: AlertNotification,
    address: Address,
    now: Date,
  ): Promise<string> {
    const { orgId, incidents, subject, body } = notification;
    const ids = incidents.map((incident) => incident.id);
    const [row] = await tx.query<{ id: string }[]>(
      `insert into alert_messages
         (org_id, channel, recipient, incident_ids, subject, body, next_attempt_at, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $7) returning id`,
      [orgId, address.channel, address.recipient, ids, subject, body, now],
    );
    return row!.id;
  }

  /** Answers false where another worker has it by now. */
  async markSent(tx: EntityManager, { key, token }: Lease, now: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update alert_messages set state = 'sent', sent_at = $3, problem = null, lease_until = null
        where id = $1 and lease_token = $2 and state = 'queued'`,
      [...key, token, now],
    );
    return count === 1;
  }

  /**
   * Notes a failure; without a next attempt the message is given up. Answers false where another worker has it by
   * now.
   */
  async noteFailure(
    tx: EntityManager,
    { key, token }: Lease,
    problem: string,
    next: Date | null,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update alert_messages
          set problem = $3, state = case when $4::timestamptz is null then 'failed' else state end,
              next_attempt_at = coalesce($4, next_attempt_at), lease_until = null
        where id = $1 and lease_token = $2 and state = 'queued'`,
      [...key, token, problem, next],
    );
    return count === 1;
  }

  /**
   * Has every message for the installation's webhook of Slack wait until then: what it does not answer one, it does not
   * answer another. An organisation with a webhook of its own is no part of that. Answers those that are the next of
   * their organisation.
   */
  async holdSlack(tx: EntityManager, until: Date): Promise<string[]> {
    const [rows] = await throughDoor('overview', () =>
      tx.query<[{ id: string; isNext: boolean }[], number]>(
        `update alert_messages set next_attempt_at = $1
          where channel = 'slack' and state = 'queued' and next_attempt_at < $1
            and not exists (
              select from org_settings s
               where s.org_id = alert_messages.org_id and s.slack_webhook_url_encrypted is not null)
          returning id, ${IS_NEXT} as "isNext"`,
        [until],
      ),
    );
    return rows.filter(({ isNext }) => isNext).map(({ id }) => id);
  }

  /** The message that waited for this one to leave, and when it is due. */
  async findNext(
    tx: EntityManager,
    { orgId, channel, recipient }: AlertMessage,
  ): Promise<NextMessage | null> {
    const [next] = await tx.query<NextMessage[]>(
      `select id, next_attempt_at as "dueAt" from alert_messages
        where coalesce(org_id, 0) = coalesce($1, 0) and channel = $2
          and coalesce(recipient, '') = coalesce($3, '') and state = 'queued'
        order by id limit 1`,
      [orgId, channel, recipient],
    );
    return next ?? null;
  }

  async listDue(tx: EntityManager, now: Date, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select id from alert_messages
        where state = 'queued' and next_attempt_at <= $1 and ${isFree(MESSAGE_LEASE)} and ${IS_NEXT} order by id
          limit $2`,
      [now, limit],
    );
    return rows.map((row) => row.id);
  }
}
