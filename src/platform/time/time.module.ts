import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { DatabaseClockRepository } from './database-clock.repository.js';
import { SharedClockService } from './shared-clock.service.js';
import { SystemClockService } from './system-clock.service.js';

@Global()
@Module({
  providers: [
    SystemClockService,
    { provide: Clock, useExisting: SystemClockService },
    DatabaseClockRepository,
    SharedClockService,
  ],
  exports: [Clock, SystemClockService],
})
export class TimeModule {}
