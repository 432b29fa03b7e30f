import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { OrgsModule } from '../orgs/orgs.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { RateLimiterService } from './api/rate-limiter/rate-limiter.service.js';
import { CircuitBreakerService } from './api/pipeline/circuit-breaker.service.js';
import { RateLimitsRepository } from './api/rate-limiter/rate-limits.repository.js';
import { QboCallService } from './api/pipeline/qbo-call.service.js';
import { QboHttpPipelineService } from './api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from './api/qbo.client.js';
import { SdkClient } from './api/sdk.client.js';
import { ConnectionHealthRecorderService } from './connection/connection-health-recorder.service.js';
import { ConnectService } from './connection/connect.service.js';
import { ConnectionService } from './connection/connection.service.js';
import { ConsentBrowserService } from './connection/consent-browser.service.js';
import { ConsentService } from './connection/consent.service.js';
import { IntuitOauthClient } from './connection/intuit-oauth.client.js';
import { OnCompanyConnectedService } from './connection/on-company-connected.service.js';
import { OauthState } from './connection/oauth-state.entity.js';
import { OauthStatesRepository } from './connection/oauth-states.repository.js';
import { QboConnectionController } from './connection/qbo-connection.controller.js';
import { QboConnection } from './connection/qbo-connection.entity.js';
import { QboConnectionsRepository } from './connection/qbo-connections.repository.js';
import { TokenRefresherService } from './connection/token-refresher.service.js';
import { TokenVaultService } from './connection/token-vault.service.js';
import { TokenService } from './connection/token.service.js';
import { CustomerBackfillService } from './push/customers/customer-backfill.service.js';
import { CustomerBatchStreamsService } from './push/customers/customer-batch-streams.service.js';
import { CustomerBatchWorkerService } from './push/customers/customer-batch-worker.service.js';
import { CustomerBatchesController } from './push/customers/customer-batches.controller.js';
import { CustomerBatchesRepository } from './push/customers/customer-batches.repository.js';
import { CustomerBatchesService } from './push/customers/customer-batches.service.js';
import { CustomerBatchCallsRepository } from './push/customers/customer-batch-calls.repository.js';
import { CustomerCreationService } from './push/customers/customer-creation.service.js';
import { CustomerLinksRepository } from './push/customers/customer-links.repository.js';
import { CustomerBatchSyncService } from './push/customers/customer-batch-sync.service.js';
import { CustomerSyncService } from './push/customers/customer-sync.service.js';
import { PendingCustomerCreatesRepository } from './push/customers/pending-customer-creates.repository.js';
import { PaymentWorkerService } from './push/payments/payment-worker.service.js';
import { PaymentPushService } from './push/payments/payment-push.service.js';
import { RefundPushService } from './push/payments/refund-push.service.js';
import { FullReconciliationService } from './pull/reconciliation/full-reconciliation.service.js';
import { ChangeFeedPollService } from './pull/change-feed/change-feed-poll.service.js';
import { ReconciliationWorkerService } from './pull/reconciliation/reconciliation-worker.service.js';
import { ReconciliationRunsController } from './pull/reconciliation/reconciliation-runs.controller.js';
import { ReconciliationRunsRepository } from './pull/reconciliation/reconciliation-runs.repository.js';
import { ReconciliationRunsService } from './pull/reconciliation/reconciliation-runs.service.js';
import { DepositItemService } from './push/invoices/deposit-item.service.js';
import { ExternalEditMonitorService } from './pull/invoices/external-edit-monitor.service.js';
import { InvoiceCheckService } from './pull/invoices/invoice-check.service.js';
import { InvoiceRefreshService } from './pull/invoices/invoice-refresh.service.js';
import { InvoiceCreationService } from './push/invoices/invoice-creation.service.js';
import { InvoiceDraftService } from './push/invoices/invoice-draft.service.js';
import { InvoicePaymentsController } from './pull/invoices/invoice-payments.controller.js';
import { InvoicePaymentsRepository } from './pull/invoices/invoice-payments.repository.js';
import { InvoicePaymentsService } from './pull/invoices/invoice-payments.service.js';
import { InvoicePollerService } from './pull/invoice-poller.service.js';
import { InvoiceCreatedHandlerService } from './push/invoices/invoice-created-handler.service.js';
import { InvoiceVoidService } from './push/invoices/invoice-void.service.js';
import { InvoiceWorkerService } from './push/invoices/invoice-worker.service.js';
import { InvoiceRecordsRepository } from './pull/invoices/invoice-records.repository.js';
import { PaymentReaderService } from './pull/invoices/payment-reader.service.js';
import { InvoiceProjectorService } from './pull/invoices/invoice-projector.service.js';
import { SyncCursorsRepository } from './pull/change-feed/sync-cursors.repository.js';
import { MassDeletionGuardService } from './pull/invoices/mass-deletion-guard.service.js';
import { DatabaseMetricsService } from './diagnostics/database-metrics.service.js';
import { DatabaseMetricsRepository } from './diagnostics/database-metrics.repository.js';
import { OutboundOperation } from './operations/operation.entity.js';
import { OperationSchedulerService } from './operations/operation-scheduler.service.js';
import { OperationRunnerService } from './operations/operation-runner.service.js';
import { OperationTriesRepository } from './operations/operation-tries.repository.js';
import { OperationsRepository } from './operations/operations.repository.js';
import { QboSyncController } from './qbo-sync.controller.js';
import { CustomerResolutionService } from './resolution/customer-resolution.service.js';
import { ManualMatchService } from './resolution/manual-match.service.js';
import { InvoiceResolutionService } from './resolution/invoice-resolution.service.js';
import { PaymentResolutionService } from './resolution/payment-resolution.service.js';
import { RefundResolutionService } from './resolution/refund-resolution.service.js';
import { ReadBudgetService } from './api/metering/read-budget.service.js';
import { UsageCounterService } from './api/metering/usage-counter.service.js';
import { UsageController } from './api/metering/usage.controller.js';
import { UsageRepository } from './api/metering/usage.repository.js';
import { IntuitWebhookStoreService } from './pull/webhooks/intuit-webhook-store.service.js';
import { QboEventSchedulerService } from './pull/webhooks/qbo-event-scheduler.service.js';
import { EventLinksRepository } from './pull/webhooks/event-links.repository.js';
import { QboEventProcessorService } from './pull/webhooks/qbo-event-processor.service.js';
import { WebhookFetchService } from './pull/webhooks/webhook-fetch.service.js';
import { WebhookLeasesRepository } from './pull/webhooks/webhook-leases.repository.js';
import { QboEventsRepository } from './pull/webhooks/qbo-events.repository.js';
import { QboWebhookController } from './pull/webhooks/qbo-webhook.controller.js';
import { IntuitSignatureService } from './pull/webhooks/intuit-signature.service.js';

const CLIENT = [
  RateLimitsRepository,
  RateLimiterService,
  CircuitBreakerService,
  SdkClient,
  QboHttpPipelineService,
  QboCallService,
  QboClient,
];
const USAGE = [UsageRepository, UsageCounterService, ReadBudgetService];
const CONNECTION = [
  QboConnectionsRepository,
  OauthStatesRepository,
  TokenVaultService,
  IntuitOauthClient,
  TokenRefresherService,
  TokenService,
  ConnectionHealthRecorderService,
  ConnectionService,
  ConsentService,
  ConsentBrowserService,
  ConnectService,
];
const OPERATIONS = [
  OperationsRepository,
  OperationTriesRepository,
  OperationRunnerService,
  OperationSchedulerService,
];
const CUSTOMERS = [CustomerLinksRepository, CustomerCreationService, CustomerSyncService];
const CUSTOMER_BATCHES = [
  CustomerBatchesRepository,
  PendingCustomerCreatesRepository,
  CustomerBatchCallsRepository,
  CustomerBatchSyncService,
  CustomerBatchesService,
  CustomerBatchWorkerService,
  CustomerBatchStreamsService,
  CustomerBackfillService,
];
const INVOICES = [
  InvoiceRecordsRepository,
  InvoicePaymentsRepository,
  ExternalEditMonitorService,
  InvoiceProjectorService,
  PaymentReaderService,
  MassDeletionGuardService,
  DepositItemService,
  InvoiceDraftService,
  InvoiceCreatedHandlerService,
  InvoiceCreationService,
  InvoiceWorkerService,
  InvoiceRefreshService,
  InvoiceCheckService,
  InvoiceVoidService,
  InvoicePaymentsService,
  ReconciliationRunsRepository,
  ReconciliationRunsService,
  FullReconciliationService,
  ReconciliationWorkerService,
  SyncCursorsRepository,
  ChangeFeedPollService,
  InvoicePollerService,
  OnCompanyConnectedService,
];
const OBSERVABILITY = [DatabaseMetricsRepository, DatabaseMetricsService];
const DEPOSITS = [PaymentPushService, RefundPushService, PaymentWorkerService];
const REMEDIES = [
  ManualMatchService,
  CustomerResolutionService,
  InvoiceResolutionService,
  PaymentResolutionService,
  RefundResolutionService,
];
const WEBHOOKS = [
  IntuitSignatureService,
  QboEventsRepository,
  IntuitWebhookStoreService,
  EventLinksRepository,
  WebhookLeasesRepository,
  WebhookFetchService,
  QboEventProcessorService,
  QboEventSchedulerService,
];

/** Everything QuickBooks. Nobody imports it but the application. */
@Module({
  imports: [
    AuthModule,
    OrgsModule,
    CustomersModule,
    InboxModule,
    ProposalsModule,
    TypeOrmModule.forFeature([OutboundOperation, QboConnection, OauthState]),
  ],
  controllers: [
    QboConnectionController,
    QboSyncController,
    CustomerBatchesController,
    InvoicePaymentsController,
    ReconciliationRunsController,
    UsageController,
    QboWebhookController,
  ],
  providers: [
    ...CLIENT,
    ...USAGE,
    ...CONNECTION,
    ...OPERATIONS,
    ...CUSTOMERS,
    ...CUSTOMER_BATCHES,
    ...INVOICES,
    ...DEPOSITS,
    ...REMEDIES,
    ...WEBHOOKS,
    ...OBSERVABILITY,
  ],
})
export class QboSyncModule {}
