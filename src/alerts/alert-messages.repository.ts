import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AlertMessage } from './alert-message.js';
import type { Address, AlertNotification } from './notification.js';

/** The alert_messages table: what is to be sent, and what became of it. */
@Injectable()
export class AlertMessagesRepository {
  /** Writes one message down for an address. Answers its id. */
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

  /**
   * Takes a message that is due for `leaseMs`, or answers null where there is nothing to send: messages of one
   * organisation leave each channel in their order.
   */
  async claim(tx: EntityManager, id: string, now: Date, leaseMs: number): Promise<AlertMessage | null> {
    const [rows] = await tx.query<[AlertMessage[], number]>(
      `update alert_messages m
          set attempts = attempts + 1, next_attempt_at = $2::timestamptz + $3 * interval '1 millisecond'
        where id = $1 and state = 'queued' and next_attempt_at <= $2
          and not exists (
            select from alert_messages older
             where older.org_id is not distinct from m.org_id and older.channel = m.channel and older.state = 'queued' and older.id < m.id)
        returning id, org_id as "orgId", channel, recipient, subject, body, attempts, created_at as "createdAt"`,
      [id, now, leaseMs],
    );
    return rows[0] ?? null;
  }

  async markSent(tx: EntityManager, id: string, now: Date): Promise<void> {
    await tx.query(`update alert_messages set state = 'sent', sent_at = $2, problem = null where id = $1`, [
      id,
      now,
    ]);
  }

  /** Notes a failure; without a next attempt the message is given up. */
  async noteFailure(tx: EntityManager, id: string, problem: string, next: Date | null): Promise<void> {
    await tx.query(
      `update alert_messages
          set problem = $2, state = case when $3::timestamptz is null then 'failed' else state end,
              next_attempt_at = coalesce($3, next_attempt_at)
        where id = $1 and state = 'queued'`,
      [id, problem, next],
    );
  }

  /** Has every message on Slack wait until then: it is one place, and what does not answer one does not answer another. */
  async holdSlack(tx: EntityManager, until: Date): Promise<void> {
    await tx.query(
      `update alert_messages set next_attempt_at = $1
        where channel = 'slack' and state = 'queued' and next_attempt_at < $1`,
      [until],
    );
  }

  async listDue(tx: EntityManager, now: Date, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select id from alert_messages where state = 'queued' and next_attempt_at <= $1 order by id limit $2`,
      [now, limit],
    );
    return rows.map((row) => row.id);
  }
}
