import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { JobsService } from './jobs.service.js';

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
      ],
      exports: [JobsService],
    };
  }
}
