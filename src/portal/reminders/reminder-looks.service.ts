import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DueRows } from '../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { JobRef, QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { MailClient } from '../../platform/mail/mail.client.js';
import { Clock } from '../../platform/time/clock.js';
import { UndeliveredMailService } from '../email/undelivered-mail.service.js';
import { ReminderLooksRepository } from './reminder-looks.repository.js';
import { dueSteps, nextLook } from './reminder-steps.js';
import { after, DAY_MS } from '../../platform/time/after.js';

/** How often it is looked at what waits in the inbox of an organisation that does not remind. */
const LOOK_AT_INBOX_MS = DAY_MS;
/** Queued at once; where there are more, it is looked again at once. */
const REMINDERS_PER_LOOK_MAX = 500;

/**
 * Looks whom each organisation reminds: once an hour from the time it chose, and at once when its settings change; and
 * which reminders in its inbox are no matter any more. What is queued goes out by ReminderDeliveryService. Two who look
 * at once queue each reminder once.
 */
@Injectable()
export class ReminderLooksService implements OnModuleInit {
  private readonly logger = new Logger(ReminderLooksService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly looks: ReminderLooksRepository,
    private readonly settings: OrgSettingsService,
    private readonly undelivered: UndeliveredMailService,
    private readonly mail: MailClient,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.settings.onChanged(this, (tx, orgId) => this.lookSoon(tx, orgId));
  }

  @DueRows('org_settings.reminders_look_at')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.looks.listDue(tx, this.clock.now(), limit);
    return due.map((payload) => ({ name: 'invoice.reminders.look', payload }));
  }

  /** Queues what is to be sent now, closes what is no matter any more, and says when to look next. */
  @JobHandler('invoice.reminders.look')
  async look({ orgId }: QueuePayloads['invoice.reminders.look']): Promise<void> {
    const { reminders, timeZone } = await this.settings.get(orgId);
    if (reminders === null) return this.lookAtInbox(orgId);
    const now = this.clock.now();
    const steps = this.mail.configured ? dueSteps(reminders, now, timeZone) : [];
    if (!this.mail.configured) {
      this.logger.warn({ orgId }, 'Customers are not reminded of invoices: SMTP_URL is not set');
    }
    await this.dataSource.transaction(async (tx) => {
      await this.undelivered.closePointless(tx, orgId, { isReminding: true });
      const ids = await this.looks.queue(tx, orgId, steps, { now, limit: REMINDERS_PER_LOOK_MAX });
      const payloads = ids.map((reminderId) => ({ orgId, reminderId }));
      await this.jobs.enqueueAll(tx, 'invoice.reminder.send', payloads);
      const mayBeMore = ids.length === REMINDERS_PER_LOOK_MAX;
      await this.looks.setNext(tx, orgId, mayBeMore ? now : nextLook(reminders, now, timeZone));
    });
  }

  /** What a person sent can wait in the inbox of an organisation that reminds nobody by itself. */
  private async lookAtInbox(orgId: number): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const left = await this.undelivered.closePointless(tx, orgId, { isReminding: false });
      const next = left > 0 ? after(this.clock.now(), LOOK_AT_INBOX_MS) : null;
      await this.looks.setNext(tx, orgId, next);
    });
  }

  private async lookSoon(tx: EntityManager, orgId: number): Promise<void> {
    await this.looks.setNext(tx, orgId, this.clock.now());
    await this.jobs.enqueue(tx, 'invoice.reminders.look', { orgId });
  }
}
