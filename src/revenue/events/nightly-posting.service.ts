import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import { TimetableService } from '../../jobs/timetable.service.js';
import { RevenueEventsRepository } from './revenue-events.repository.js';
import { RevenuePostingService } from './revenue-posting.service.js';

/** Posts the revenue of every organisation once a night, so that the dashboard needs no report to be asked for. */
@Injectable()
export class NightlyPostingService implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly events: RevenueEventsRepository,
    private readonly posting: RevenuePostingService,
    private readonly jobs: JobsService,
    private readonly timetable: TimetableService,
  ) {}

  onModuleInit(): void {
    this.timetable.register('post-revenue', () => this.enqueueAll());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('revenue.post', ({ orgId }) => this.posting.bringUpToDate(orgId));
  }

  /** One job for each organisation with a contract. Answers how many. */
  async enqueueAll(): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      const orgs = await this.events.listOrgs(tx);
      await this.jobs.enqueueAll(tx, 'revenue.post', orgs);
      return orgs.length;
    });
  }
}
