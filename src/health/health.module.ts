import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthBoard } from './health-board.service.js';
import { HealthController } from './health.controller.js';
import { ProcessHealth } from './process-health.service.js';

@Global()
@Module({
  imports: [TerminusModule],
  controllers: [HealthController],
  providers: [HealthBoard, ProcessHealth],
  exports: [HealthBoard],
})
export class HealthModule {}
