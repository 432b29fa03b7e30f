import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobHandler } from '../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { TimerHandler } from '../../jobs/handlers/timer-handler.decorator.js';
import type { QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { RevenueEventsRepository } from './revenue-events.repository.js';
import { RevenuePostingService } from './revenue-posting.service.js';

/** Posts the revenue of every organisation once a night, so that the dashboard needs no report to be asked for. */
@Injectable()
export class NightlyPostingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly events: RevenueEventsRepository,
    private readonly posting: RevenuePostingService,
    private readonly jobs: JobsService,
  ) {}

  @JobHandler('revenue.post')
  async post({ orgId }: QueuePayloads['revenue.post']): Promise<void> {
    await this.posting.catchUp(orgId);
  }

  /** One job for each organisation with a contract. Answers how many. */
  @TimerHandler('post-revenue')
  async enqueueAll(): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      const orgs = await this.events.listOrgs(tx);
      await this.jobs.enqueueAll(tx, 'revenue.post', orgs);
      return orgs.length;
    });
  }
}
