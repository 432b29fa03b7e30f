import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { SystemClockService } from './system-clock.service.js';

@Global()
@Module({ providers: [{ provide: Clock, useClass: SystemClockService }], exports: [Clock] })
export class TimeModule {}
