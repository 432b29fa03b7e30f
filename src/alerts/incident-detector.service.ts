import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { JobsService } from '../jobs/jobs.service.js';
import { TimerHandler } from '../jobs/handlers/timer-handler.decorator.js';
import { MailClient } from '../platform/mail/mail.client.js';
import { Clock } from '../platform/time/clock.js';
import { forecastOf, monthOf } from '../platform/time/month-forecast.js';
import { AlertMessagesRepository } from './alert-messages.repository.js';
import type { Incident } from './incident.js';
import { IncidentsRepository } from './incidents.repository.js';
import { SlackClient } from './slack.client.js';
import type { ReadsOfMonth } from './read-budget.js';
import { type AlertNotification, notificationsOf } from './notification.js';
import { after, DAY_MS } from '../platform/time/after.js';

const UNANSWERED_MS = 10 * 60_000;
const FORGOTTEN_AFTER_MS = DAY_MS;
const INCIDENTS_PER_ROUND_MAX = 1_000;

/**
 * Sees to it that people are told of trouble before they ask. Promise: one message per incident, one more for each
 * other code that its inbox item comes to have, and one when it is over, however many replicas look and however often;
 * what began together is told together. It only writes messages down: whether Slack or the mail server answer is no
 * matter of its own.
 */
@Injectable()
export class IncidentDetectorService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly incidents: IncidentsRepository,
    private readonly messages: AlertMessagesRepository,
    private readonly slack: SlackClient,
    private readonly mail: MailClient,
    private readonly jobs: JobsService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Compares the open incidents with how things stand, and writes down what is to be told. Answers the number of
   * messages; 0 where another replica is at it, or nobody is to be told anything here.
   */
  @TimerHandler('detect-incidents')
  async detect(): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      if (!(await this.hasChannel(tx)) || !(await this.incidents.takeWatch(tx))) return 0;
      const now = this.clock.now();
      const reads = await this.readsOf(tx, now);
      await this.incidents.open(tx, now, {
        pollIntervalMs: this.config.qbo.pollIntervalMinutes * 60_000,
        unansweredMs: UNANSWERED_MS,
        reads,
      });
      await this.incidents.close(tx, now, reads);
      return this.tell(tx, now);
    });
  }

  private async readsOf(tx: EntityManager, now: Date): Promise<ReadsOfMonth> {
    const month = monthOf(now);
    const used = await this.incidents.countReads(tx, month);
    return { month, used, forecast: forecastOf(used, now), budget: this.config.qbo.readBudgetPerMonth };
  }

  /** Of the installation, or of any organisation. */
  private async hasChannel(tx: EntityManager): Promise<boolean> {
    return this.slack.configured || this.mail.configured || this.incidents.hasOwnChannel(tx);
  }

  /**
   * Goes on past those who are in their quiet hours, however many they are, until it has told of as many as one round
   * may.
   */
  private async tell(tx: EntityManager, now: Date): Promise<number> {
    const channels = {
      slack: this.slack.configured,
      mail: this.mail.configured,
      emailTo: this.config.alerts.emailTo,
    };
    const asked = {
      forgottenBefore: after(now, -FORGOTTEN_AFTER_MS),
      channels,
      limit: INCIDENTS_PER_ROUND_MAX,
    };
    let messages = 0;
    let notified = 0;
    let last: Incident | undefined;
    for (;;) {
      const pending = await this.incidents.listPending(tx, { ...asked, last });
      for (const notification of notificationsOf(pending, channels, now)) {
        messages += await this.write(tx, notification, now);
        notified += notification.incidents.length;
      }
      if (pending.length < INCIDENTS_PER_ROUND_MAX || notified >= INCIDENTS_PER_ROUND_MAX) return messages;
      last = pending.at(-1)!.incident;
    }
  }

  /** Answers the number of messages: one for each address. */
  private async write(tx: EntityManager, notification: AlertNotification, now: Date): Promise<number> {
    for (const address of notification.addresses) {
      const messageId = await this.messages.insert(tx, notification, address, now);
      await this.jobs.enqueue(tx, 'alert.send', { messageId });
    }
    const ids = notification.incidents.map((incident) => incident.id);
    await this.incidents.markNotified(tx, ids, now);
    return notification.addresses.length;
  }
}
