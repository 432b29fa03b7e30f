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
import { ChangedDocumentMonitorService } from './monitors/money/changed-document-monitor.service.js';
import { MoneyDocumentsRepository } from './monitors/money/money-documents.repository.js';
import { EditedCustomersRepository } from './monitors/edits/edited-customers.repository.js';
import { CurrencyMonitorService } from './monitors/edits/currency-monitor.service.js';
import { ExternalEditMonitorService } from './monitors/edits/external-edit-monitor.service.js';
import { InvoiceCheckService } from './invoice-check.service.js';
import { InvoiceFollowUpService } from './invoice-follow-up.service.js';
import { InvoicePaymentsController } from './payments/invoice-payments.controller.js';
import { HomeValuesRepository } from './home-values.repository.js';
import { InvoicePaymentsRepository } from './payments/invoice-payments.repository.js';
import { InvoicePaymentsService } from './payments/invoice-payments.service.js';
import { InvoiceProjectorService } from './invoice-projector.service.js';
import { InvoiceRecordsRepository } from './invoice-records.repository.js';
import { InvoiceRefreshService } from './invoice-refresh.service.js';
import { MassDeletionGuardService } from './monitors/missing/mass-deletion-guard.service.js';
import { MovedLinkMonitorService } from './monitors/money/moved-link-monitor.service.js';
import { MovedLinksRepository } from './monitors/money/moved-links.repository.js';
import { NumberMonitorService } from './monitors/edits/number-monitor.service.js';
import { OwnLinesRepository } from './own-lines.repository.js';
import { PaymentFollowUpService } from './payments/payment-follow-up.service.js';
import { PaymentReaderService } from './payments/payment-reader.service.js';
import { RecordedPaymentReviewService } from './monitors/money/recorded-payment-review.service.js';
import { RemovedPaymentMonitorService } from './monitors/money/removed-payment-monitor.service.js';
import { RemovedPaymentsRepository } from './monitors/money/removed-payments.repository.js';
import { RefundTotalsRepository } from './payments/refund-totals.repository.js';
import { StrayReceiptsService } from './monitors/money/stray-receipts.service.js';
import { AskedPaymentMonitorService } from './monitors/money/asked-payment-monitor.service.js';
import { AskedPaymentsRepository } from './monitors/money/asked-payments.repository.js';
import { TotalMonitorService } from './monitors/edits/total-monitor.service.js';
import { TwinMonitorService } from './monitors/edits/twin-monitor.service.js';
import { UnreadInvoiceMonitorService } from './monitors/missing/unread-invoice-monitor.service.js';
import { UnreadInvoicesRepository } from './monitors/missing/unread-invoices.repository.js';
import { OpenQuestionsService } from './monitors/open-questions.service.js';
import { UnappliedPaymentMonitorService } from './monitors/money/unapplied-payment-monitor.service.js';
import { UnappliedPaymentsRepository } from './monitors/money/unapplied-payments.repository.js';
import { WriteOffReaderService } from './payments/write-off-reader.service.js';

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
    EditedCustomersRepository,
    ExternalEditMonitorService,
    UnreadInvoicesRepository,
    UnreadInvoiceMonitorService,
    OpenQuestionsService,
    TotalMonitorService,
    CurrencyMonitorService,
    NumberMonitorService,
    TwinMonitorService,
    AskedPaymentsRepository,
    AskedPaymentMonitorService,
    MoneyDocumentsRepository,
    ChangedDocumentMonitorService,
    MovedLinksRepository,
    MovedLinkMonitorService,
    RemovedPaymentMonitorService,
    RemovedPaymentsRepository,
    RefundTotalsRepository,
    StrayReceiptsService,
    RecordedPaymentReviewService,
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
    RecordedPaymentReviewService,
    RemovedPaymentsRepository,
    RefundTotalsRepository,
    StrayReceiptsService,
    MoneyDocumentsRepository,
    ChangedDocumentMonitorService,
    OpenQuestionsService,
    UnreadInvoiceMonitorService,
  ],
})
export class InvoiceProjectionModule {}
