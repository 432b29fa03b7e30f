import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { causedBy } from '../../platform/correlation/correlation.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { StripeEventFailureReporterService } from './stripe-event-failure-reporter.service.js';
import { receivedEventOf } from './received-event.js';
import { StripeEventsRepository } from './stripe-events.repository.js';
import type { ReadBody } from './stripe-signature.service.js';

/** Keeps what Stripe tells, once, together with the job that does something about it. Processes nothing itself. */
@Injectable()
export class StripeWebhookStoreService {
  private readonly logger = new Logger(StripeWebhookStoreService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: StripeEventsRepository,
    private readonly failures: StripeEventFailureReporterService,
    private readonly jobs: JobsService,
  ) {}

  /** Keeps a body that is proven. Sent again, it is the same as once. Answers the event's id. */
  async keep(raw: Buffer, read: ReadBody): Promise<string> {
    const event = receivedEventOf(raw, read);
    const { eventId, type, error } = event;
    causedBy({ stripeEventId: eventId });
    const isNew = await this.dataSource.transaction(async (tx) => {
      const inserted = await this.events.insertOnce(tx, event);
      if (inserted && error === undefined) await this.jobs.enqueue(tx, 'stripe.event.process', { eventId });
      if (inserted && error !== undefined) await this.failures.report(tx, event, error, { again: false });
      return inserted;
    });
    if (!isNew) await this.compare(eventId, event.contentHash);
    else if (error !== undefined) this.logger.error({ eventId }, 'Stripe sent something that is no event');
    else this.logger.log({ eventId, type }, 'Stripe event received');
    return eventId;
  }

  private async compare(eventId: string, contentHash: string): Promise<void> {
    const known = await this.events.find(this.dataSource.manager, eventId);
    if (known?.contentHash === contentHash) return;
    this.logger.warn({ eventId }, 'A Stripe event came again under its id with another content');
  }
}
