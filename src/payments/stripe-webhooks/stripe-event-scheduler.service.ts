import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import { StripeEventsRepository } from './stripe-events.repository.js';

const EVENTS_PER_ROUND_MAX = 500;

/** Sees to it that no stored Stripe event stays undone because its job was lost. */
@Injectable()
export class StripeEventSchedulerService {
  private readonly logger = new Logger(StripeEventSchedulerService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: StripeEventsRepository,
    private readonly jobs: JobsService,
  ) {}

  @Cron(CronExpression.EVERY_30_SECONDS, {
    name: 'stripe-event-janitor',
    timeZone: 'UTC',
    waitForCompletion: true,
  })
  async tick(): Promise<void> {
    await this.wakeOverdue().catch((error: unknown) => this.logger.error(error));
  }

  /** Has events processed that are pending for more than a minute. Answers how many there were. */
  async wakeOverdue(): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      const overdue = await this.events.takeOverdue(tx, EVENTS_PER_ROUND_MAX);
      for (const eventId of overdue) await this.jobs.enqueue(tx, 'stripe.event.process', { eventId });
      if (overdue.length > 0) this.logger.warn({ events: overdue.length }, 'Stripe events taken up again');
      return overdue.length;
    });
  }
}
