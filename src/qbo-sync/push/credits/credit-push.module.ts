import { Module } from '@nestjs/common';
import { ContractsModule } from '../../../contracts/contracts.module.js';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { InvoicesModule } from '../../../invoices/invoices.module.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { ProposalsModule } from '../../../proposals/proposals.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { ChangeFeedModule } from '../../pull/change-feed/change-feed.module.js';
import { CreditProjectionModule } from '../../pull/credits/credit-projection.module.js';
import { CompanyCurrenciesModule } from '../../pull/currencies/company-currencies.module.js';
import { InvoiceProjectionModule } from '../../pull/invoices/invoice-projection.module.js';
import { InvoicePushModule } from '../invoices/invoice-push.module.js';
import { CreditApplicationService } from './credit-application.service.js';
import { CreditMemoOperationHandlerService } from './credit-memo-operation-handler.service.js';
import { CreditMemoPreparationService } from './credit-memo-preparation.service.js';
import { CreditMemoPushService } from './credit-memo-push.service.js';
import { CreditPlacementService } from './credit-placement.service.js';
import { CreditQuestionsService } from './credit-questions.service.js';
import { CreditedCustomerService } from './credited-customer.service.js';
import { CreditMemoWorkerService } from './credit-memo-worker.service.js';

/** Credit memos of change orders into QuickBooks, and onto the invoices of their contract. */
@Module({
  imports: [
    ContractsModule,
    InboxModule,
    InvoicesModule,
    OrgsModule,
    ProposalsModule,
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
    ChangeFeedModule,
    CreditProjectionModule,
    CompanyCurrenciesModule,
    InvoiceProjectionModule,
    InvoicePushModule,
  ],
  providers: [
    CreditMemoOperationHandlerService,
    CreditMemoPreparationService,
    CreditMemoPushService,
    CreditQuestionsService,
    CreditedCustomerService,
    CreditPlacementService,
    CreditApplicationService,
    CreditMemoWorkerService,
  ],
  exports: [CreditMemoOperationHandlerService, CreditMemoPushService, CreditQuestionsService],
})
export class CreditPushModule {}
