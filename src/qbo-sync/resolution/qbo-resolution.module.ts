import { Module } from '@nestjs/common';
import { ContractsModule } from '../../contracts/contracts.module.js';
import { InboxModule } from '../../inbox/inbox.module.js';
import { InvoicesModule } from '../../invoices/invoices.module.js';
import { JobsModule } from '../../jobs/jobs.module.js';
import { PaymentsModule } from '../../payments/payments.module.js';
import { ProposalsModule } from '../../proposals/proposals.module.js';
import { QboApiModule } from '../api/qbo-api.module.js';
import { QboConnectionModule } from '../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../operations/qbo-operations.module.js';
import { QboPullModule } from '../pull/qbo-pull.module.js';
import { QboPushModule } from '../push/qbo-push.module.js';
import { CreditMemoMatchService } from './credit-memo-match.service.js';
import { CreditResolutionService } from './credit-resolution.service.js';
import { CustomerResolutionService } from './customer-resolution.service.js';
import { InvoiceMatchService } from './invoice-match.service.js';
import { InvoiceResolutionService } from './invoice-resolution.service.js';
import { LostPageResolutionService } from './lost-page-resolution.service.js';
import { ManualMatchService } from './manual-match.service.js';
import { PaymentApplicationResolutionService } from './payment-application-resolution.service.js';
import { PaymentMatchService } from './payment-match.service.js';
import { PaymentResolutionService } from './payment-resolution.service.js';
import { RefundMatchService } from './refund-match.service.js';
import { RefundResolutionService } from './refund-resolution.service.js';
import { RemovedPaymentResolutionService } from './removed-payment-resolution.service.js';
import { RetryBoundService } from './retry-bound.service.js';

/** What a person does about an inbox item of QuickBooks: retry it, or match the document they found. */
@Module({
  imports: [
    ContractsModule,
    InboxModule,
    InvoicesModule,
    JobsModule,
    PaymentsModule,
    ProposalsModule,
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
    QboPullModule,
    QboPushModule,
  ],
  providers: [
    ManualMatchService,
    CustomerResolutionService,
    CreditMemoMatchService,
    CreditResolutionService,
    InvoiceMatchService,
    InvoiceResolutionService,
    LostPageResolutionService,
    PaymentApplicationResolutionService,
    PaymentMatchService,
    PaymentResolutionService,
    RemovedPaymentResolutionService,
    RefundMatchService,
    RefundResolutionService,
    RetryBoundService,
  ],
})
export class QboResolutionModule {}
