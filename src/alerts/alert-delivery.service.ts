import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { escapeHtml } from '../platform/http/html.js';
import { JobsService } from '../jobs/jobs.service.js';
import { MailError } from '../platform/mail/mail-error.js';
import { MailClient } from '../platform/mail/mail.client.js';
import { Clock } from '../platform/time/clock.js';
import { type AlertMessage, nextAlertAttempt } from './alert-message.js';
import { AlertMessagesRepository } from './alert-messages.repository.js';
import { SlackClient, SlackError } from './slack.client.js';

/** Longer than an attempt on either channel takes. */
const LEASE_MS = 60_000;
const MESSAGES_PER_ROUND_MAX = 100;

/**
 * Sends what is to be told. A message that is not taken is tried again for a day; while Slack does not answer, its
 * messages wait together, so that they keep no worker from the e-mails. One whose answer was lost may arrive twice.
 */
@Injectable()
export class AlertDeliveryService implements OnApplicationBootstrap {
  private readonly logger = new Logger(AlertDeliveryService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly messages: AlertMessagesRepository,
    private readonly slack: SlackClient,
    private readonly mail: MailClient,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('alert.send', ({ messageId }) => this.deliver(messageId));
  }

  @Cron(CronExpression.EVERY_10_SECONDS, { name: 'alert-delivery', timeZone: 'UTC', waitForCompletion: true })
  async tick(): Promise<void> {
    await this.wakeDue().catch((error: unknown) => this.logger.error(error));
  }

  /** Has every message that is due tried: a retry whose time has come, or one whose worker died. Answers how many. */
  async wakeDue(): Promise<number> {
    const due = await this.messages.listDue(
      this.dataSource.manager,
      this.clock.now(),
      MESSAGES_PER_ROUND_MAX,
    );
    if (due.length === 0) return 0;
    await this.dataSource.transaction(async (tx) => {
      for (const messageId of due) await this.jobs.enqueue(tx, 'alert.send', { messageId });
    });
    return due.length;
  }

  /** Sends a message that is due; else does nothing. */
  async deliver(messageId: string): Promise<void> {
    const { manager } = this.dataSource;
    const message = await this.messages.claim(manager, messageId, this.clock.now(), LEASE_MS);
    if (!message) return;
    try {
      await this.send(message);
    } catch (error) {
      if (!(error instanceof SlackError) && !(error instanceof MailError)) throw error;
      await this.noteFailure(message, error);
      return;
    }
    await this.messages.markSent(manager, message.id, this.clock.now());
  }

  private async send({ id, channel, recipient, subject, body }: AlertMessage): Promise<void> {
    if (channel === 'slack') return this.slack.post(body);
    await this.mail.send({
      id: `alert-${id}`,
      fromName: 'PeakPro CRM',
      to: { name: '', address: recipient! },
      subject,
      text: `${body}\n`,
      html: `<!doctype html>\n<html lang="en"><body>${paragraphs(body)}</body></html>\n`,
    });
  }

  private async noteFailure(message: AlertMessage, error: SlackError | MailError): Promise<void> {
    const permanent = error instanceof MailError && error.permanent;
    const next = permanent ? null : nextAlertAttempt(message, this.clock.now());
    const { id: messageId, channel } = message;
    await this.dataSource.transaction(async (tx) => {
      await this.messages.noteFailure(tx, messageId, error.message, next);
      if (next && error instanceof SlackError) await this.messages.holdSlack(tx, next);
    });
    this.logger.warn(
      { messageId, channel, problem: error.message, givenUp: next === null },
      'An alert was not taken',
    );
  }
}

function paragraphs(body: string): string {
  return body
    .split('\n\n')
    .map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`)
    .join('\n');
}
