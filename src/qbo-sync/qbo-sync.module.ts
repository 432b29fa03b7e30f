import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { CallPermits } from './client/call-permits.service.js';
import { CircuitService } from './client/circuit.service.js';
import { LimitsRepository } from './client/limits.repository.js';
import { QboCallService } from './client/qbo-call.service.js';
import { QboLine } from './client/qbo-line.service.js';
import { QboClient } from './client/qbo.client.js';
import { SdkClient } from './client/sdk.client.js';
import { CallNotes } from './connection/call-notes.service.js';
import { ConnectService } from './connection/connect.service.js';
import { ConnectionService } from './connection/connection.service.js';
import { ConsentBrowser } from './connection/consent-browser.service.js';
import { ConsentService } from './connection/consent.service.js';
import { IntuitOauthClient } from './connection/intuit-oauth.client.js';
import { Newcomer } from './connection/newcomer.service.js';
import { OauthState } from './connection/oauth-state.entity.js';
import { OauthStatesRepository } from './connection/oauth-states.repository.js';
import { QboConnectionController } from './connection/qbo-connection.controller.js';
import { QboConnection } from './connection/qbo-connection.entity.js';
import { QboConnectionsRepository } from './connection/qbo-connections.repository.js';
import { TokenRefresher } from './connection/token-refresher.service.js';
import { TokenVault } from './connection/token-vault.service.js';
import { TokenService } from './connection/token.service.js';
import { CustomerBackfill } from './customers/customer-backfill.service.js';
import { CustomerBatchStreams } from './customers/customer-batch-streams.service.js';
import { CustomerBatchWorker } from './customers/customer-batch-worker.service.js';
import { CustomerBatchesController } from './customers/customer-batches.controller.js';
import { CustomerBatchesRepository } from './customers/customer-batches.repository.js';
import { CustomerBatches } from './customers/customer-batches.service.js';
import { CustomerCallsRepository } from './customers/customer-calls.repository.js';
import { CustomerCreation } from './customers/customer-creation.service.js';
import { CustomerLinksRepository } from './customers/customer-links.repository.js';
import { CustomerRound } from './customers/customer-round.service.js';
import { CustomerSyncService } from './customers/customer-sync.service.js';
import { CustomerWishesRepository } from './customers/customer-wishes.repository.js';
import { DepositWorker } from './deposits/deposit-worker.service.js';
import { PaymentRecording } from './deposits/payment-recording.service.js';
import { RefundRecording } from './deposits/refund-recording.service.js';
import { CompanyComparison } from './invoices/company-comparison.service.js';
import { CompanySweepService } from './invoices/company-sweep.service.js';
import { CompareWorker } from './invoices/compare-worker.service.js';
import { ComparesController } from './invoices/compares.controller.js';
import { ComparesRepository } from './invoices/compares.repository.js';
import { Compares } from './invoices/compares.service.js';
import { DepositItemService } from './invoices/deposit-item.service.js';
import { DriftReport } from './invoices/drift-report.service.js';
import { InvoiceCheckService } from './invoices/invoice-check.service.js';
import { InvoiceComparison } from './invoices/invoice-comparison.service.js';
import { InvoiceCreationService } from './invoices/invoice-creation.service.js';
import { InvoiceDrafting } from './invoices/invoice-drafting.service.js';
import { InvoicePaymentsController } from './invoices/invoice-payments.controller.js';
import { InvoicePaymentsRepository } from './invoices/invoice-payments.repository.js';
import { InvoicePayments } from './invoices/invoice-payments.service.js';
import { InvoicePollerService } from './invoices/invoice-poller.service.js';
import { InvoiceSettlement } from './invoices/invoice-settlement.service.js';
import { InvoiceVoiding } from './invoices/invoice-voiding.service.js';
import { InvoiceWorker } from './invoices/invoice-worker.service.js';
import { LinkedInvoicesRepository } from './invoices/linked-invoices.repository.js';
import { LinkedPayments } from './invoices/linked-payments.service.js';
import { Reconciler } from './invoices/reconciler.service.js';
import { SweepsRepository } from './invoices/sweeps.repository.js';
import { Vanishing } from './invoices/vanishing.service.js';
import { FactGauges } from './observability/fact-gauges.service.js';
import { FactsRepository } from './observability/facts.repository.js';
import { Operation } from './operations/operation.entity.js';
import { OperationJanitor } from './operations/operation-janitor.service.js';
import { OperationRunner } from './operations/operation-runner.service.js';
import { OperationTriesRepository } from './operations/operation-tries.repository.js';
import { OperationsRepository } from './operations/operations.repository.js';
import { QboSyncController } from './qbo-sync.controller.js';
import { CustomerRemedy } from './remedies/customer-remedy.service.js';
import { DocumentAdoption } from './remedies/document-adoption.service.js';
import { InvoiceRemedy } from './remedies/invoice-remedy.service.js';
import { PaymentRemedy } from './remedies/payment-remedy.service.js';
import { RefundRemedy } from './remedies/refund-remedy.service.js';
import { BudgetService } from './usage/budget.service.js';
import { UsageCounter } from './usage/usage-counter.service.js';
import { UsageController } from './usage/usage.controller.js';
import { UsageRepository } from './usage/usage.repository.js';
import { QboEventInbox } from './webhooks/event-inbox.service.js';
import { QboEventJanitor } from './webhooks/event-janitor.service.js';
import { EventLinksRepository } from './webhooks/event-links.repository.js';
import { QboEventProcessor } from './webhooks/event-processor.service.js';
import { EventReadingService } from './webhooks/event-reading.service.js';
import { EventTurnsRepository } from './webhooks/event-turns.repository.js';
import { QboEventsRepository } from './webhooks/qbo-events.repository.js';
import { QboWebhookController } from './webhooks/qbo-webhook.controller.js';
import { WebhookSignature } from './webhooks/webhook-signature.service.js';

const CLIENT = [LimitsRepository, CallPermits, CircuitService, SdkClient, QboLine, QboCallService, QboClient];
const USAGE = [UsageRepository, UsageCounter, BudgetService];
const CONNECTION = [
  QboConnectionsRepository,
  OauthStatesRepository,
  TokenVault,
  IntuitOauthClient,
  TokenRefresher,
  TokenService,
  CallNotes,
  ConnectionService,
  ConsentService,
  ConsentBrowser,
  ConnectService,
];
const OPERATIONS = [OperationsRepository, OperationTriesRepository, OperationRunner, OperationJanitor];
const CUSTOMERS = [CustomerLinksRepository, CustomerCreation, CustomerSyncService];
const CUSTOMER_BATCHES = [
  CustomerBatchesRepository,
  CustomerWishesRepository,
  CustomerCallsRepository,
  CustomerRound,
  CustomerBatches,
  CustomerBatchWorker,
  CustomerBatchStreams,
  CustomerBackfill,
];
const INVOICES = [
  LinkedInvoicesRepository,
  InvoicePaymentsRepository,
  DriftReport,
  Reconciler,
  LinkedPayments,
  Vanishing,
  DepositItemService,
  InvoiceDrafting,
  InvoiceSettlement,
  InvoiceCreationService,
  InvoiceWorker,
  InvoiceComparison,
  InvoiceCheckService,
  InvoiceVoiding,
  InvoicePayments,
  ComparesRepository,
  Compares,
  CompanyComparison,
  CompareWorker,
  SweepsRepository,
  CompanySweepService,
  InvoicePollerService,
  Newcomer,
];
const OBSERVABILITY = [FactsRepository, FactGauges];
const DEPOSITS = [PaymentRecording, RefundRecording, DepositWorker];
const REMEDIES = [DocumentAdoption, CustomerRemedy, InvoiceRemedy, PaymentRemedy, RefundRemedy];
const WEBHOOKS = [
  WebhookSignature,
  QboEventsRepository,
  QboEventInbox,
  EventLinksRepository,
  EventTurnsRepository,
  EventReadingService,
  QboEventProcessor,
  QboEventJanitor,
];

/** Everything QuickBooks. Nobody imports it but the application. */
@Module({
  imports: [
    AuthModule,
    CustomersModule,
    InboxModule,
    ProposalsModule,
    TypeOrmModule.forFeature([Operation, QboConnection, OauthState]),
  ],
  controllers: [
    QboConnectionController,
    QboSyncController,
    CustomerBatchesController,
    InvoicePaymentsController,
    ComparesController,
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
