import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import type { Lease } from '../../jobs/leases/lease.js';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { Clock } from '../../platform/time/clock.js';
import { ActivityRepository } from '../../proposals/activity/activity.repository.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import type { InvoiceReminder, ReminderState } from './invoice-reminder.entity.js';
import { UndeliveredMailService } from '../email/undelivered-mail.service.js';
import { InvoiceRemindersRepository } from './invoice-reminders.repository.js';
import { stepName } from './reminder-steps.js';

/** Writes down what came of a reminder, and ends the lease. Whoever lost the lease writes nothing. */
@Injectable()
export class ReminderOutcomeService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reminders: InvoiceRemindersRepository,
    private readonly activities: ActivityRepository,
    private readonly undelivered: UndeliveredMailService,
    private readonly jobs: JobsService,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  /** The mail server has taken it: it is in the activity of its proposal. */
  async noteSent(lease: Lease, reminder: InvoiceReminder, proposal: Lead): Promise<void> {
    const { orgId, id, invoiceId, offsetDays } = reminder;
    const noted = await this.dataSource.transaction(async (tx) => {
      const sentAt = this.clock.now();
      const change = { state: 'sent', sentAt, reason: null, linkTokenEncrypted: null } as const;
      if (!(await this.reminders.finish(tx, lease, change))) return false;
      await this.undelivered.reminderSent(tx, reminder);
      return this.activities.log(tx, {
        orgId,
        customerId: proposal.customerId,
        proposalId: proposal.id,
        event: 'reminder_sent',
        meta: { reminder_id: id, invoice_id: invoiceId, step: stepName(offsetDays) },
        occurrence: `reminder:${id}`,
      });
    });
    if (noted) this.metrics.count('crm_invoice_reminders_total', { org_id: orgId, result: 'sent' });
  }

  /** It does not go out, or not again: where the customer was to get it, a person is asked. */
  async end(
    lease: Lease,
    reminder: InvoiceReminder,
    state: Exclude<ReminderState, 'queued' | 'sent'>,
    reason: string,
  ): Promise<void> {
    const change = { state, reason, linkTokenEncrypted: null };
    const noted = await this.dataSource.transaction(async (tx) => {
      if (!(await this.reminders.finish(tx, lease, change))) return false;
      if (state === 'skipped') return true;
      await this.undelivered.reportReminder(tx, reminder, state, reason);
      return true;
    });
    const labels = { org_id: reminder.orgId, result: state };
    if (noted) this.metrics.count('crm_invoice_reminders_total', labels);
  }

  /** It is tried again later: in the morning, or after an attempt that failed. */
  async postpone(
    lease: Lease,
    { orgId, id: reminderId, attempts: before, reason }: InvoiceReminder,
    {
      until,
      attempts = before,
      problem = reason,
    }: { until: Date; attempts?: number; problem?: string | null },
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const change = { attempts, reason: problem, nextAttemptAt: until, handedOverAt: null };
      if (!(await this.reminders.finish(tx, lease, change))) return;
      await this.jobs.enqueue(tx, 'invoice.reminder.send', { orgId, reminderId }, until);
    });
  }
}
