import { Module } from '@nestjs/common';
import { CurrenciesModule } from '../../currencies/currencies.module.js';
import { OrgsModule } from '../../orgs/orgs.module.js';
import { QboApiModule } from '../api/qbo-api.module.js';
import { QboConnectionModule } from '../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../operations/qbo-operations.module.js';
import { ChangeFeedModule } from './change-feed/change-feed.module.js';
import { CompanyBooksReaderService } from './company-books-reader.service.js';
import { InvoicePollerService } from './invoice-poller.service.js';
import { InvoiceSyncController } from './invoice-sync.controller.js';
import { InvoiceProjectionModule } from './invoices/invoice-projection.module.js';
import { OnCompanyConnectedService } from './on-company-connected.service.js';
import { FullReconciliationModule } from './reconciliation/full-reconciliation.module.js';
import { IntuitWebhooksModule } from './webhooks/intuit-webhooks.module.js';

/** What comes from QuickBooks: change feed, full reconciliation, webhooks, and the invoices they project. */
@Module({
  imports: [
    OrgsModule,
    CurrenciesModule,
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
    InvoiceProjectionModule,
    FullReconciliationModule,
    ChangeFeedModule,
    IntuitWebhooksModule,
  ],
  controllers: [InvoiceSyncController],
  providers: [InvoicePollerService, OnCompanyConnectedService, CompanyBooksReaderService],
  exports: [InvoiceProjectionModule, ChangeFeedModule],
})
export class QboPullModule {}
