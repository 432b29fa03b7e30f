import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DeliveriesService, type DeliveryFailure } from '../../jobs/queue/deliveries.service.js';
import { DueRows } from '../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../jobs/handlers/job-handler.decorator.js';
import type { Lease } from '../../jobs/leases/lease.js';
import { LeasesService } from '../../jobs/leases/leases.service.js';
import type { JobRef, QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { MailError } from '../../platform/mail/mail-error.js';
import { MailClient, type Message } from '../../platform/mail/mail.client.js';
import { Clock } from '../../platform/time/clock.js';
import { EMAIL_BACKOFF } from '../email/email-backoff.js';
import type { InvoiceReminder } from './invoice-reminder.entity.js';
import { InvoiceRemindersRepository, REMINDER_LEASE } from './invoice-reminders.repository.js';
import { type Remindable, ReminderFactsService } from './reminder-facts.service.js';
import { ReminderMessageService } from './reminder-message.service.js';
import { PASSING } from './reminder-obstacle.js';
import { ReminderOutcomeService } from './reminder-outcome.service.js';
import { nextOpening } from './reminder-steps.js';
import { after } from '../../platform/time/after.js';

const LOST =
  'Whether the mail server took it is not known: its answer was lost. It is not sent again, since nobody is to be ' +
  'reminded twice.';

/**
 * Sends reminders. Promise: of each at most one message leaves, whatever crashes. That the mail server is asked is
 * written down before it is, so that whoever finds a reminder whose worker died in between sends no second one; a
 * server that says no, or cannot be reached, is asked again for hours, but not at night.
 */
@Injectable()
export class ReminderDeliveryService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reminders: InvoiceRemindersRepository,
    private readonly facts: ReminderFactsService,
    private readonly messages: ReminderMessageService,
    private readonly outcome: ReminderOutcomeService,
    private readonly mail: MailClient,
    private readonly leases: LeasesService,
    private readonly deliveries: DeliveriesService,
    private readonly clock: Clock,
  ) {}

  @DueRows('invoice_reminders')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.reminders.listDue(tx, this.clock.now(), limit);
    return due.map((payload) => ({ name: 'invoice.reminder.send', payload }));
  }

  /** Sends a reminder that is due, where nothing speaks against it any more; else does nothing. */
  @JobHandler('invoice.reminder.send')
  async deliver({ orgId, reminderId }: QueuePayloads['invoice.reminder.send']): Promise<void> {
    const lease = await this.leases.take(REMINDER_LEASE, [orgId, reminderId]);
    if (!lease) return;
    const tx = this.dataSource.manager;
    const reminder = await this.reminders.getInOrg(tx, orgId, reminderId);
    if (reminder.handedOverAt !== null) return this.outcome.end(lease, reminder, 'uncertain', LOST);
    const facts = await this.facts.gather(tx, reminder);
    const passesAfterMs = facts.obstacle && PASSING.get(facts.obstacle);
    if (facts.obstacle && passesAfterMs) {
      const until = after(this.clock.now(), passesAfterMs);
      return this.outcome.postpone(lease, reminder, { until, problem: facts.obstacle.reason });
    }
    if (facts.obstacle) return this.outcome.end(lease, reminder, 'skipped', facts.obstacle.reason);
    const morning = this.morningOf(reminder, facts);
    if (morning) return this.outcome.postpone(lease, reminder, { until: morning });
    await this.deliveries.attempt(lease, {
      send: () => this.send(lease, reminder, facts),
      failureOf,
      attempts: { failed: reminder.attempts + 1 },
      backoff: EMAIL_BACKOFF,
      onTaken: async (sent) => {
        if (sent) await this.outcome.noteSent(lease, reminder, facts.proposal);
      },
      onFailed: (failure, next) => this.noteFailure(lease, reminder, failure, next),
      unfinished: 'A reminder of an invoice was not taken',
      about: { orgId, reminderId },
    });
  }

  /** Answers false where the reminder passed to another worker before the mail server was asked. */
  private async send(lease: Lease, reminder: InvoiceReminder, facts: Remindable): Promise<boolean> {
    const message = await this.handOver(lease, reminder, facts);
    if (message) await this.mail.send(message);
    return message !== null;
  }

  private async handOver(
    lease: Lease,
    reminder: InvoiceReminder,
    facts: Remindable,
  ): Promise<Message | null> {
    const sender = await this.messages.senderOf(reminder, facts);
    return this.dataSource.transaction(async (tx) => {
      const { message, kept } = await this.messages.write(tx, reminder, facts, sender);
      const change = { ...kept, emailedTo: message.to.address, handedOverAt: this.clock.now() };
      return (await this.reminders.handOver(tx, lease, change)) ? message : null;
    });
  }

  /** When a reminder that goes out by itself does so, where it is night; null where it may now. */
  private morningOf({ askedBy }: InvoiceReminder, { settings }: Remindable): Date | null {
    const { reminders, timeZone } = settings;
    return askedBy !== null || reminders === null ? null : nextOpening(reminders, this.clock.now(), timeZone);
  }

  private async noteFailure(
    lease: Lease,
    reminder: InvoiceReminder,
    { problem, mayBeTaken }: ReminderFailure,
    next: Date | null,
  ): Promise<void> {
    if (mayBeTaken) return this.outcome.end(lease, reminder, 'uncertain', `${problem} ${LOST}`);
    if (!next) return this.outcome.end(lease, reminder, 'failed', problem);
    return this.outcome.postpone(lease, reminder, { until: next, attempts: reminder.attempts + 1, problem });
  }
}

interface ReminderFailure extends DeliveryFailure {
  mayBeTaken: boolean;
}

/** One that may have arrived is not sent again. */
function failureOf(error: unknown): ReminderFailure | null {
  if (!(error instanceof MailError)) return null;
  const { message, permanent, mayBeTaken } = error;
  return { problem: `${message}.`, permanent: permanent || mayBeTaken, mayBeTaken };
}
