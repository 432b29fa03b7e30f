import { Module } from '@nestjs/common';
import { ChangeOrdersModule } from '../../../change-orders/change-orders.module.js';
import { CurrenciesModule } from '../../../currencies/currencies.module.js';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { InvoicesModule } from '../../../invoices/invoices.module.js';
import { PaymentsModule } from '../../../payments/payments.module.js';
import { ProposalsModule } from '../../../proposals/proposals.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { DocumentMirrorModule } from '../documents/document-mirror.module.js';
import { ExternalEditMonitorService } from './external-edit-monitor.service.js';
import { InvoiceCheckService } from './invoice-check.service.js';
import { InvoiceFollowUpService } from './invoice-follow-up.service.js';
import { InvoicePaymentsController } from './invoice-payments.controller.js';
import { HomeValuesRepository } from './home-values.repository.js';
import { InvoicePaymentsRepository } from './invoice-payments.repository.js';
import { InvoicePaymentsService } from './invoice-payments.service.js';
import { InvoiceProjectorService } from './invoice-projector.service.js';
import { InvoiceRecordsRepository } from './invoice-records.repository.js';
import { InvoiceRefreshService } from './invoice-refresh.service.js';
import { MassDeletionGuardService } from './mass-deletion-guard.service.js';
import { NumberMonitorService } from './number-monitor.service.js';
import { OwnLinesRepository } from './own-lines.repository.js';
import { PaymentFollowUpService } from './payment-follow-up.service.js';
import { PaymentReaderService } from './payment-reader.service.js';
import { RemovedPaymentMonitorService } from './removed-payment-monitor.service.js';
import { RemovedPaymentsRepository } from './removed-payments.repository.js';
import { RefundTotalsRepository } from './refund-totals.repository.js';
import { StrayReceiptsService } from './stray-receipts.service.js';
import { TotalMonitorService } from './total-monitor.service.js';
import { TwinMonitorService } from './twin-monitor.service.js';
import { UnappliedPaymentMonitorService } from './unapplied-payment-monitor.service.js';
import { UnappliedPaymentsRepository } from './unapplied-payments.repository.js';
import { WriteOffReaderService } from './write-off-reader.service.js';

/** Invoices and their payments as QuickBooks has them, and the events that their changes are. */
@Module({
  imports: [
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
    ChangeOrdersModule,
    CurrenciesModule,
    DocumentMirrorModule,
    InboxModule,
    InvoicesModule,
    OrgsModule,
    PaymentsModule,
    ProposalsModule,
  ],
  controllers: [InvoicePaymentsController],
  providers: [
    InvoiceRecordsRepository,
    InvoicePaymentsRepository,
    HomeValuesRepository,
    OwnLinesRepository,
    InvoicePaymentsService,
    ExternalEditMonitorService,
    TotalMonitorService,
    NumberMonitorService,
    TwinMonitorService,
    RemovedPaymentMonitorService,
    RemovedPaymentsRepository,
    RefundTotalsRepository,
    StrayReceiptsService,
    UnappliedPaymentsRepository,
    UnappliedPaymentMonitorService,
    MassDeletionGuardService,
    PaymentReaderService,
    WriteOffReaderService,
    InvoiceFollowUpService,
    PaymentFollowUpService,
    InvoiceProjectorService,
    InvoiceRefreshService,
    InvoiceCheckService,
  ],
  exports: [
    InvoiceRecordsRepository,
    MassDeletionGuardService,
    PaymentReaderService,
    InvoiceProjectorService,
    InvoiceRefreshService,
    InvoiceCheckService,
    UnappliedPaymentMonitorService,
    RemovedPaymentsRepository,
    RefundTotalsRepository,
    StrayReceiptsService,
  ],
})
export class InvoiceProjectionModule {}
