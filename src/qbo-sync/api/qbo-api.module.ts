import { Module } from '@nestjs/common';
import { SdkClient } from './http/sdk.client.js';
import { ReadBudgetService } from './metering/read-budget.service.js';
import { UsageController } from './metering/usage.controller.js';
import { UsageCounterService } from './metering/usage-counter.service.js';
import { UsageRepository } from './metering/usage.repository.js';
import { CallObserverService } from './pipeline/call-observer.service.js';
import { CircuitBreakerService } from './pipeline/circuit-breaker.service.js';
import { QboHttpPipelineService } from './pipeline/qbo-http-pipeline.service.js';
import { QboCreditsClient } from './qbo-credits.client.js';
import { QboDocumentsClient } from './qbo-documents.client.js';
import { QboReportsClient } from './qbo-reports.client.js';
import { QboClient } from './qbo.client.js';
import { RateLimiterService } from './rate-limiter/rate-limiter.service.js';
import { RateLimitsRepository } from './rate-limiter/rate-limits.repository.js';

/**
 * The QuickBooks Online API: one method per verb, and what every call goes through. Its tokens come by `AccessTokens`
 * and its outcomes go to `CallRecorder`, which QboTokensModule provides for the whole application.
 */
@Module({
  controllers: [UsageController],
  providers: [
    QboClient,
    QboCreditsClient,
    QboDocumentsClient,
    QboReportsClient,
    QboHttpPipelineService,
    CallObserverService,
    CircuitBreakerService,
    RateLimiterService,
    RateLimitsRepository,
    SdkClient,
    UsageCounterService,
    UsageRepository,
    ReadBudgetService,
  ],
  exports: [QboClient, QboCreditsClient, QboDocumentsClient, QboReportsClient, ReadBudgetService],
})
export class QboApiModule {}
