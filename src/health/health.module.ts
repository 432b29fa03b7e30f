import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthRegistryService } from './health-registry.service.js';
import { HealthController } from './health.controller.js';
import { ProcessHealthService } from './process-health.service.js';
import { ProcessHealthRepository } from './process-health.repository.js';
import { ReadinessService } from './readiness.service.js';

@Global()
@Module({
  // A probe asks every few seconds: that the database is away is logged by the filter, now and then.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [HealthRegistryService, ProcessHealthRepository, ProcessHealthService, ReadinessService],
  exports: [HealthRegistryService, ReadinessService],
})
export class HealthModule {}
