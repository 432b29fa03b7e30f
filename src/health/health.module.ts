import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthRegistryService } from './health-registry.service.js';
import { HealthController } from './health.controller.js';
import { ProcessHealthService } from './process-health.service.js';
import { ReadinessService } from './readiness.service.js';

@Global()
@Module({
  imports: [TerminusModule],
  controllers: [HealthController],
  providers: [HealthRegistryService, ProcessHealthService, ReadinessService],
  exports: [HealthRegistryService, ReadinessService],
})
export class HealthModule {}
