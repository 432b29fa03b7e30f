import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { withWholeAddresses } from '../messages/absolute-links.js';
import { addressedTo } from '../messages/organisation-address.js';
import { Config } from '../platform/config/config.js';
import { escapeHtml } from '../platform/http/pages/html.js';
import { DeliveriesService, type DeliveryFailure } from '../jobs/queue/deliveries.service.js';
import { DueRows } from '../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { Lease } from '../jobs/leases/lease.js';
import { LeasesService } from '../jobs/leases/leases.service.js';
import type { JobRef, QueuePayloads } from '../jobs/queue/queue-payloads.js';
import { endsHere, MailError } from '../platform/mail/mail-error.js';
import { MailClient } from '../platform/mail/mail.client.js';
import { Clock } from '../platform/time/clock.js';
import { ALERT_BACKOFF, type AlertMessage } from './alert-message.js';
import { AlertMessagesRepository, MESSAGE_LEASE } from './alert-messages.repository.js';
import { SlackWebhooksService } from '../orgs/settings/slack-webhooks.service.js';
import { inOrganisation } from '../platform/database/scope/scope.js';
import { SlackClient, slackEndsHere, SlackError } from './slack.client.js';

/**
 * Sends what is to be told. A message that is not taken is tried again for a day; while the installation's webhook of
 * Slack does not answer, its messages wait together, so that they keep no worker from the e-mails. What was
 * sent to its end and not answered may arrive twice; more often only where processes end while they wait.
 */
@Injectable()
export class AlertDeliveryService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly messages: AlertMessagesRepository,
    private readonly slack: SlackClient,
    private readonly mail: MailClient,
    private readonly slackWebhooks: SlackWebhooksService,
    private readonly jobs: JobsService,
    private readonly leases: LeasesService,
    private readonly deliveries: DeliveriesService,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  @DueRows('alert_messages')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.messages.listDue(tx, this.clock.now(), limit);
    return due.map((messageId) => ({ name: 'alert.send', payload: { messageId } }));
  }

  /** Sends a message that is due; else does nothing. */
  @JobHandler('alert.send')
  async deliver({ messageId }: QueuePayloads['alert.send']): Promise<void> {
    const lease = await this.leases.take<AlertMessage>(MESSAGE_LEASE, [messageId]);
    if (!lease) return;
    const { channel, attempts, createdAt, problem } = lease.row;
    await this.deliveries.attempt(lease, {
      send: () => this.send(lease.row),
      failureOf: (error) => failureOf(error, problem),
      attempts: { failed: attempts, since: createdAt },
      backoff: ALERT_BACKOFF,
      onTaken: () => this.noteAcceptance(lease),
      onFailed: (failure, next) => this.noteFailure(lease, failure, next),
      unfinished: 'An alert was not taken',
      about: { messageId, channel },
    });
  }

  private async noteAcceptance(lease: Lease<AlertMessage>): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      if (await this.messages.markSent(tx, lease, this.clock.now())) await this.enqueueNext(tx, lease.row);
    });
  }

  private async send({ id, orgId, channel, recipient, subject, body: stored }: AlertMessage): Promise<void> {
    const named = orgId === null ? stored : addressedTo(orgId, stored);
    const body = withWholeAddresses(named, this.config.publicUrl);
    if (channel === 'slack') return this.slack.post(body, await this.ownWebhook(orgId));
    await this.mail.send({
      id: `alert-${id}`,
      fromName: 'PeakPro CRM',
      to: { name: '', address: recipient! },
      subject,
      text: `${body}\n`,
      html: `<!doctype html>\n<html lang="en"><body>${paragraphs(body)}</body></html>\n`,
    });
  }

  private async ownWebhook(orgId: number | null): Promise<string | null> {
    return orgId === null ? null : inOrganisation(orgId, () => this.slackWebhooks.url(orgId));
  }

  private async noteFailure(
    lease: Lease<AlertMessage>,
    { problem }: DeliveryFailure,
    next: Date | null,
  ): Promise<void> {
    const { id, orgId, channel } = lease.row;
    const isOurSlack = channel === 'slack' && (await this.ownWebhook(orgId)) === null;
    await this.dataSource.transaction(async (tx) => {
      if (!(await this.messages.noteFailure(tx, lease, problem, next))) return;
      if (!next) return this.enqueueNext(tx, lease.row);
      const held = isOurSlack ? await this.messages.holdSlack(tx, next) : [];
      for (const messageId of new Set([id, ...held])) {
        await this.jobs.enqueue(tx, 'alert.send', { messageId }, next);
      }
    });
  }

  /** Messages leave in their order: the one that waited for this one is due now, or at its own time. */
  private async enqueueNext(tx: EntityManager, message: AlertMessage): Promise<void> {
    const next = await this.messages.findNext(tx, message);
    if (next) await this.jobs.enqueue(tx, 'alert.send', { messageId: next.id }, next.dueAt);
  }
}

/** `problemBefore`: why the attempt before failed. */
function failureOf(error: unknown, problemBefore: string | null): DeliveryFailure | null {
  if (error instanceof MailError) {
    return { problem: error.message, permanent: endsHere(error, problemBefore) };
  }
  if (error instanceof SlackError) {
    return { problem: error.message, permanent: slackEndsHere(error, problemBefore) };
  }
  return null;
}

function paragraphs(body: string): string {
  return body
    .split('\n\n')
    .map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`)
    .join('\n');
}
