import { Module } from '@nestjs/common';
import { OrgsModule } from '../../orgs/orgs.module.js';
import { QboApiModule } from '../api/qbo-api.module.js';
import { QboConnectionModule } from '../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../operations/qbo-operations.module.js';
import { ChangeFeedModule } from './change-feed/change-feed.module.js';
import { CompanyCurrenciesModule } from './currencies/company-currencies.module.js';
import { InvoicePollerService } from './invoice-poller.service.js';
import { InvoiceSyncController } from './invoice-sync.controller.js';
import { InvoiceProjectionModule } from './invoices/invoice-projection.module.js';
import { OnCompanyConnectedService } from './on-company-connected.service.js';
import { PreflightModule } from './preflight/preflight.module.js';
import { FullReconciliationModule } from './reconciliation/full-reconciliation.module.js';
import { IntuitWebhooksModule } from './webhooks/intuit-webhooks.module.js';

/** What comes from QuickBooks: change feed, full reconciliation, webhooks, and the invoices they project. */
@Module({
  imports: [
    OrgsModule,
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
    InvoiceProjectionModule,
    FullReconciliationModule,
    ChangeFeedModule,
    IntuitWebhooksModule,
    CompanyCurrenciesModule,
    PreflightModule,
  ],
  controllers: [InvoiceSyncController],
  providers: [InvoicePollerService, OnCompanyConnectedService],
  exports: [InvoiceProjectionModule, ChangeFeedModule],
})
export class QboPullModule {}
