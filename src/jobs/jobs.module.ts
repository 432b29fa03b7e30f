import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Config } from '../platform/config/config.js';
import { SystemClockService } from '../platform/time/system-clock.service.js';
import { DeliveriesService } from './queue/deliveries.service.js';
import { DueJobsService } from './handlers/due-jobs.service.js';
import { HandlerDiscoveryService } from './handlers/handler-discovery.service.js';
import { JobsService } from './jobs.service.js';
import { LeasesService } from './leases/leases.service.js';
import { RetentionService } from './retention/retention.service.js';
import { TimetableService } from './timers/timetable.service.js';

/** Durable work: jobs, leases, the net for lost jobs, the timetable, retention. For everybody. */
@Module({})
export class JobsModule {
  static register(databaseUrl: string): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        {
          provide: JobsService,
          inject: [Config, SystemClockService],
          useFactory: (config: Config, clock: SystemClockService) =>
            new JobsService(config, databaseUrl, clock),
        },
        LeasesService,
        DeliveriesService,
        TimetableService,
        DueJobsService,
        RetentionService,
        HandlerDiscoveryService,
      ],
      exports: [JobsService, LeasesService, DeliveriesService, HandlerDiscoveryService],
    };
  }
}
