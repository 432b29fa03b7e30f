import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { owingInvoiceSql } from '../../invoices/invoice-state.js';
import { throughDoor } from '../../platform/database/scope/scope.js';
import type { DueStep } from './reminder-steps.js';

/** When it is looked whom an organisation reminds and what its inbox has of that, and whom it does. */
@Injectable()
export class ReminderLooksRepository {
  /** Organisations whose time to look has come. */
  async listDue(tx: EntityManager, now: Date, limit: number): Promise<{ orgId: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select org_id as "orgId" from org_settings
          where reminders_look_at <= $1 order by reminders_look_at limit $2`,
        [now, limit],
      ),
    );
  }

  /** Null: not before something happens. */
  async setNext(tx: EntityManager, orgId: number, at: Date | null): Promise<void> {
    await tx.query('update org_settings set reminders_look_at = $2 where org_id = $1', [orgId, at]);
  }

  /** At this time at the latest, where none is set. */
  async setFirst(tx: EntityManager, orgId: number, at: Date): Promise<void> {
    await tx.query(
      'update org_settings set reminders_look_at = $2 where org_id = $1 and reminders_look_at is null',
      [orgId, at],
    );
  }

  /**
   * Queues a reminder of each open invoice that one of these steps is of, unless it was queued before, or a later one
   * was. Answers their ids. Whether the customer is written to is asked again before it is.
   */
  async queue(
    tx: EntityManager,
    orgId: number,
    steps: readonly DueStep[],
    { now, limit }: { now: Date; limit: number },
  ): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `insert into invoice_reminders
         (org_id, invoice_id, due_on, offset_days, emailed_to, next_attempt_at, created_at)
       select i.org_id, i.id, i.due_on, s.offset_days, c.email, $4, $4
         from unnest($2::date[], $3::integer[]) as s (due_on, offset_days)
         join invoices i on i.org_id = $1 and i.due_on = s.due_on and i.due_on = any($2::date[]) and i.reminders
          and ${owingInvoiceSql('i')} and i.balance_cents > 0
         join leads l on l.org_id = i.org_id and l.id = i.proposal_id and l.status = 'approved'
         join customers c on c.org_id = l.org_id and c.id = l.customer_id and c.is_active and c.reminders
        where not exists (
          select from invoice_reminders r
           where r.org_id = i.org_id and r.invoice_id = i.id and r.due_on = i.due_on
             and r.offset_days >= s.offset_days)
        order by i.due_on, i.id limit $5
       on conflict on constraint invoice_reminders_step_key do nothing
       returning id`,
      [orgId, steps.map(({ dueOn }) => dueOn), steps.map(({ offsetDays }) => offsetDays), now, limit],
    );
    return rows.map(({ id }) => id);
  }
}
