import { Module } from '@nestjs/common';
import { ContractsModule } from '../../../contracts/contracts.module.js';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { InvoicesModule } from '../../../invoices/invoices.module.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { PaymentsModule } from '../../../payments/payments.module.js';
import { ProposalsModule } from '../../../proposals/proposals.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { ChangeFeedModule } from '../../pull/change-feed/change-feed.module.js';
import { CompanyCurrenciesModule } from '../../pull/currencies/company-currencies.module.js';
import { InvoiceProjectionModule } from '../../pull/invoices/invoice-projection.module.js';
import { InvoicePushModule } from '../invoices/invoice-push.module.js';
import { IncompletePaymentsService } from './incomplete-payments.service.js';
import { IncompletePaymentsRepository } from './incomplete-payments.repository.js';
import { PaymentApplicationService } from './payment-application.service.js';
import { PaymentLookupService } from './payment-lookup.service.js';
import { PaymentOperationHandlerService } from './payment-operation-handler.service.js';
import { PaymentOperationsService } from './payment-operations.service.js';
import { PaymentPreparationService } from './payment-preparation.service.js';
import { PaymentPushService } from './payment-push.service.js';
import { PaymentRefundsService } from './refunds/payment-refunds.service.js';
import { PaymentWorkerService } from './payment-worker.service.js';
import { PaymentRateService } from './payment-rate.service.js';
import { PrerequisitesService } from './prerequisites.service.js';
import { ReceiptsTakenOutService } from './refunds/receipts-taken-out.service.js';
import { RefundBooksService } from './refunds/refund-books.service.js';
import { RefundExcessService } from './refunds/refund-excess.service.js';
import { RefundInboxService } from './refunds/refund-inbox.service.js';
import { RefundLeavingService } from './refunds/refund-leaving.service.js';
import { RefundLookupService } from './refunds/refund-lookup.service.js';
import { RefundOperationHandlerService } from './refunds/refund-operation-handler.service.js';
import { RefundOperationsService } from './refunds/refund-operations.service.js';
import { RefundPreparationService } from './refunds/refund-preparation.service.js';
import { RefundQuestionsService } from './refunds/refund-questions.service.js';
import { RefundPushService } from './refunds/refund-push.service.js';
import { RemovedPaymentService } from './removed-payment.service.js';
import { UnrecordedPaymentCheckService } from './unrecorded-payment-check.service.js';
import { RefundStepsRepository } from './refunds/refund-steps.repository.js';

/** Payments and refunds of deposits into QuickBooks. */
@Module({
  imports: [
    ContractsModule,
    InboxModule,
    InvoicesModule,
    OrgsModule,
    ProposalsModule,
    PaymentsModule,
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
    ChangeFeedModule,
    InvoiceProjectionModule,
    CompanyCurrenciesModule,
    InvoicePushModule,
  ],
  providers: [
    RefundStepsRepository,
    PaymentRateService,
    PrerequisitesService,
    RefundExcessService,
    RefundOperationsService,
    PaymentOperationsService,
    IncompletePaymentsRepository,
    IncompletePaymentsService,
    PaymentLookupService,
    PaymentPreparationService,
    PaymentOperationHandlerService,
    PaymentPushService,
    PaymentApplicationService,
    RefundBooksService,
    RefundLookupService,
    RefundInboxService,
    RefundQuestionsService,
    RemovedPaymentService,
    RefundLeavingService,
    RefundPreparationService,
    RefundOperationHandlerService,
    RefundPushService,
    ReceiptsTakenOutService,
    PaymentRefundsService,
    UnrecordedPaymentCheckService,
    PaymentWorkerService,
  ],
  exports: [
    PrerequisitesService,
    PaymentOperationHandlerService,
    PaymentPushService,
    PaymentApplicationService,
    PaymentRefundsService,
    RefundExcessService,
    RefundStepsRepository,
  ],
})
export class PaymentPushModule {}
