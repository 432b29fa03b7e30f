import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../../../platform/time/clock.js';
import { QboEventProcessorService } from './qbo-event-processor.service.js';
import { QboEventsRepository } from './qbo-events.repository.js';

/** Intuit may send an event again for as long; until then its id is known. */
const KEPT_MS = 100 * 86_400_000;

/** Sees to it that no stored event stays undone, and that none is kept for ever. */
@Injectable()
export class QboEventSchedulerService {
  private readonly logger = new Logger(QboEventSchedulerService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: QboEventsRepository,
    private readonly processor: QboEventProcessorService,
    private readonly clock: Clock,
  ) {}

  /** Whatever is due has a job, also where its own was lost, or QuickBooks failed when it ran. */
  @Cron(CronExpression.EVERY_5_SECONDS, {
    name: 'qbo-event-janitor',
    timeZone: 'UTC',
    waitForCompletion: true,
  })
  async tick(): Promise<void> {
    await this.processor.wakeDue().catch((error: unknown) => this.logger.error(error));
  }

  /** Forgets what was closed after a hundred days. Answers how many events that were. */
  @Cron('37 3 * * *', { name: 'qbo-event-housekeeping', timeZone: 'UTC', waitForCompletion: true })
  async forget(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    return this.events.deleteClosedBefore(this.dataSource.manager, before);
  }
}
