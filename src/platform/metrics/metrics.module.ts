import { Global, Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';

@Global()
@Module({
  imports: [PrometheusModule.register({ controller: MetricsController })],
  providers: [MetricsService],
  exports: [MetricsService],
})
export class MetricsModule {}
