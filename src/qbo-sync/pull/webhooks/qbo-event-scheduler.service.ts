import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { QboEventProcessorService } from './qbo-event-processor.service.js';

/** Sees to it that no stored event stays undone. */
@Injectable()
export class QboEventSchedulerService {
  private readonly logger = new Logger(QboEventSchedulerService.name);

  constructor(private readonly processor: QboEventProcessorService) {}

  /** Whatever is due has a job, also where its own was lost, or QuickBooks failed when it ran. */
  @Cron(CronExpression.EVERY_5_SECONDS, {
    name: 'qbo-event-janitor',
    timeZone: 'UTC',
    waitForCompletion: true,
  })
  async tick(): Promise<void> {
    await this.processor.wakeDue().catch((error: unknown) => this.logger.error(error));
  }
}
