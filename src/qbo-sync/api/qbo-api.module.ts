import { Module } from '@nestjs/common';
import { SdkClient } from './http/sdk.client.js';
import { AskedReadsService } from './metering/asked-reads.service.js';
import { ReadBudgetService } from './metering/read-budget.service.js';
import { UsageController } from './metering/usage.controller.js';
import { UsageCounterService } from './metering/usage-counter.service.js';
import { UsageRepository } from './metering/usage.repository.js';
import { CallObserverService } from './pipeline/call-observer.service.js';
import { CircuitBreakerService } from './pipeline/circuit-breaker.service.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import { QboHttpPipelineService } from './pipeline/qbo-http-pipeline.service.js';
import { QboAccountsClient } from './qbo-accounts.client.js';
import { QboCompanyClient } from './qbo-company.client.js';
import { QboCreditsClient } from './qbo-credits.client.js';
import { QboCustomersClient } from './qbo-customers.client.js';
import { QboDocumentsClient } from './qbo-documents.client.js';
import { QboInvoicesClient } from './qbo-invoices.client.js';
import { QboItemsClient } from './qbo-items.client.js';
import { QboPaymentsClient } from './qbo-payments.client.js';
import { QboRefundsClient } from './qbo-refunds.client.js';
import { QboReportsClient } from './qbo-reports.client.js';
import { QboClient } from './qbo.client.js';
import { RateLimiterService } from './rate-limiter/rate-limiter.service.js';
import { RateLimitsRepository } from './rate-limiter/rate-limits.repository.js';

/**
 * The QuickBooks Online API: QboClient, its parts, and what every call goes through. Its tokens come by `AccessTokens`
 * and its outcomes go to `CallRecorder`, which QboTokensModule provides for the whole application.
 */
@Module({
  controllers: [UsageController],
  providers: [
    QboClient,
    QboAccountsClient,
    QboCompanyClient,
    QboCustomersClient,
    QboInvoicesClient,
    QboItemsClient,
    QboPaymentsClient,
    QboRefundsClient,
    QboCreditsClient,
    QboDocumentsClient,
    QboReportsClient,
    QboHttpPipelineService,
    CallObserverService,
    CircuitBreakerService,
    EntityCallsService,
    RateLimiterService,
    RateLimitsRepository,
    SdkClient,
    UsageCounterService,
    UsageRepository,
    ReadBudgetService,
    AskedReadsService,
  ],
  exports: [QboClient, QboDocumentsClient, QboReportsClient, ReadBudgetService, AskedReadsService],
})
export class QboApiModule {}
