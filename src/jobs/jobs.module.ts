import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { DueJobsService } from './due-jobs.service.js';
import { JobsService } from './jobs.service.js';
import { LeasesService } from './leases.service.js';
import { RetentionService } from './retention.service.js';
import { TimetableService } from './timetable.service.js';

/** Durable work: jobs, leases, the net for lost jobs, the timetable, retention. For everybody. */
@Module({})
export class JobsModule {
  static register(databaseUrl: string): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      providers: [
        {
          provide: JobsService,
          inject: [Config],
          useFactory: (config: Config) => new JobsService(config, databaseUrl),
        },
        LeasesService,
        TimetableService,
        DueJobsService,
        RetentionService,
      ],
      exports: [JobsService, LeasesService, TimetableService, DueJobsService, RetentionService],
    };
  }
}
