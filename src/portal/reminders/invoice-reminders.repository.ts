import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { getByKey } from '../../platform/database/statements/find-by-key.js';
import { insertRow } from '../../platform/database/statements/written-rows.js';
import { isFree, type Lease, type LeaseTable } from '../../jobs/leases/lease.js';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { InvoiceReminder } from './invoice-reminder.entity.js';

/** Whoever sends a reminder holds it meanwhile. */
export const REMINDER_LEASE: LeaseTable = {
  table: 'invoice_reminders',
  key: ['org_id', 'id'],
  token: 'lease_token',
  until: 'lease_until',
  takeable: `state = 'queued' and next_attempt_at <= :now`,
};

/** A reminder that a person asks for. */
export type AskedReminder = Pick<
  InvoiceReminder,
  'orgId' | 'invoiceId' | 'dueOn' | 'askedBy' | 'emailedTo' | 'createdAt'
>;

/** The invoice_reminders table. */
@Injectable()
export class InvoiceRemindersRepository {
  async insertAsked(tx: EntityManager, reminder: AskedReminder): Promise<InvoiceReminder> {
    return insertRow(tx, InvoiceReminder, { ...reminder, nextAttemptAt: reminder.createdAt });
  }

  async getInOrg(tx: EntityManager, orgId: number, id: number): Promise<InvoiceReminder> {
    return getByKey(tx, InvoiceReminder, { orgId, id });
  }

  /**
   * A reminder of this invoice that stands for one a person asks for now: it is about to go out, or has gone out since
   * then. One that may have does not: who is asked to send another sends it.
   */
  async findRecent(
    tx: EntityManager,
    orgId: number,
    invoiceId: number,
    { now, since }: { now: Date; since: Date },
  ): Promise<InvoiceReminder | null> {
    return tx
      .createQueryBuilder(InvoiceReminder, 'reminder')
      .where('reminder.orgId = :orgId and reminder.invoiceId = :invoiceId', { orgId, invoiceId })
      .andWhere(
        `(reminder.state = 'queued' and (reminder.askedBy is not null or reminder.nextAttemptAt <= :now)
          or reminder.sentAt > :since)`,
        { now, since },
      )
      .orderBy('reminder.id', 'DESC')
      .limit(1)
      .getOne();
  }

  /**
   * What is known of the company of an invoice; a link that names none is of the one that is connected. It is read
   * where a poll of it succeeded since it was connected, not longer ago than three of them take and an hour at least,
   * and where no comparison is to tell first what the change feed does not reach back to, or did not tell: until one
   * has looked at all, though some of it cannot be read.
   */
  async booksOf(
    tx: EntityManager,
    { orgId, qboRealmId }: { orgId: number; qboRealmId: string | null },
    { env, pollIntervalMs, now }: { env: string; pollIntervalMs: number; now: Date },
  ): Promise<'not_connected' | 'not_read' | 'read'> {
    const [row] = await tx.query<{ isRead: boolean | null }[]>(
      `select s.last_succeeded_at >= t.connected_at
              and s.last_succeeded_at > $4::timestamptz - greatest(interval '1 hour', 3 * greatest(
                    $5 * interval '1 millisecond', s.next_sweep_at - s.last_started_at))
              and not exists (
                select from invoice_compares c
                 where c.org_id = $1 and c.realm_id = t.realm_id and c.status <> 'done'
                   and c.reason in ('first_look', 'feed_full', 'feed_refused')
                   and not exists (
                     select from invoice_compares whole
                      where whole.org_id = $1 and whole.realm_id = t.realm_id
                        and (whole.status = 'done' or whole.status = 'failed' and whole.done >= whole.total)
                        and whole.finished_at > c.created_at
                          - case c.reason when 'first_look' then interval '29 days' else interval '0' end)) as "isRead"
         from qbo_tokens t
         left join qbo_sweeps s on s.org_id = t.org_id and s.realm_id = t.realm_id
        where t.org_id = $1 and t.state = 'connected' and t.env = $3 and t.realm_id = coalesce($2::text, t.realm_id)`,
      [orgId, qboRealmId, env, now, pollIntervalMs],
    );
    if (!row) return 'not_connected';
    return row.isRead ? 'read' : 'not_read';
  }

  /** When the customer was last reminded of an invoice, or may have been, or is at this moment. */
  async lastSentAt(
    tx: EntityManager,
    { orgId, invoiceId, id }: { orgId: number; invoiceId: number; id?: number },
  ): Promise<Date | null> {
    const last = await tx.findOne(InvoiceReminder, {
      where: {
        orgId,
        invoiceId,
        state: In(['queued', 'sent', 'uncertain']),
        handedOverAt: Not(IsNull()),
        ...(id === undefined ? {} : { id: Not(id) }),
      },
      order: { handedOverAt: 'DESC' },
    });
    return last?.handedOverAt ?? null;
  }

  /** Newest first, from before the reminder `beforeId`; one more than `limit`, so that a page knows of the next. */
  async listOfInvoice(
    tx: EntityManager,
    orgId: number,
    invoiceId: number,
    { limit, beforeId }: { limit: number; beforeId?: number },
  ): Promise<InvoiceReminder[]> {
    const query = tx
      .createQueryBuilder(InvoiceReminder, 'reminder')
      .where('reminder.orgId = :orgId and reminder.invoiceId = :invoiceId', { orgId, invoiceId })
      .orderBy('reminder.id', 'DESC')
      .limit(limit + 1);
    if (beforeId !== undefined) query.andWhere('reminder.id < cast(:beforeId as bigint)', { beforeId });
    return query.getMany();
  }

  /** Reminders that are due and sent by nobody, longest waiting first. */
  async listDue(
    tx: EntityManager,
    now: Date,
    limit: number,
  ): Promise<{ orgId: number; reminderId: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select org_id as "orgId", id as "reminderId" from invoice_reminders
          where state = 'queued' and next_attempt_at <= $1 and ${isFree(REMINDER_LEASE)}
          order by next_attempt_at limit $2`,
        [now, limit],
      ),
    );
  }

  /**
   * Writes down, before the mail server is asked, that it is. Answers false where another worker has the reminder by
   * now, or it is not to be sent any more.
   */
  async handOver(tx: EntityManager, lease: Lease, change: Partial<InvoiceReminder>): Promise<boolean> {
    return this.change(tx, lease, change);
  }

  /** Stores what came of an attempt, and ends its lease. Answers false where another worker has it by now. */
  async finish(tx: EntityManager, lease: Lease, change: Partial<InvoiceReminder>): Promise<boolean> {
    return this.change(tx, lease, { ...change, leaseUntil: null });
  }

  private async change(
    tx: EntityManager,
    { key: [orgId, id], token }: Lease,
    change: Partial<InvoiceReminder>,
  ): Promise<boolean> {
    const held = {
      orgId: Number(orgId),
      id: Number(id),
      leaseToken: Number(token),
      state: 'queued' as const,
    };
    const result = await tx.update(InvoiceReminder, held, change);
    return result.affected === 1;
  }
}
