import { Module } from '@nestjs/common';
import { CurrenciesModule } from '../../../currencies/currencies.module.js';
import { CustomersModule } from '../../../customers/customers.module.js';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { ChangeOrdersModule } from '../../../change-orders/change-orders.module.js';
import { ContractsModule } from '../../../contracts/contracts.module.js';
import { InvoicesModule } from '../../../invoices/invoices.module.js';
import { PaymentsModule } from '../../../payments/payments.module.js';
import { ProposalsModule } from '../../../proposals/proposals.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { CompanyCurrenciesModule } from '../../pull/currencies/company-currencies.module.js';
import { PreflightModule } from '../../pull/preflight/preflight.module.js';
import { ChangeFeedModule } from '../../pull/change-feed/change-feed.module.js';
import { CreditProjectionModule } from '../../pull/credits/credit-projection.module.js';
import { InvoiceProjectionModule } from '../../pull/invoices/invoice-projection.module.js';
import { CustomerPushModule } from '../customers/customer-push.module.js';
import { ContractCodingService } from './contract-coding.service.js';
import { DepositItemService } from './deposit-item.service.js';
import { EntryBillingController } from './entry-billing.controller.js';
import { CreatedInvoiceQuestionsService } from './created-invoice-questions.service.js';
import { HeldElsewhereService } from './held-elsewhere.service.js';
import { EntryBillingService } from './entry-billing.service.js';
import { InvoiceCallingOffService } from './invoice-calling-off.service.js';
import { InvoiceCreatedHandlerService } from './invoice-created-handler.service.js';
import { InvoiceCreationService } from './invoice-creation.service.js';
import { DepositWordingService } from './deposit-wording.service.js';
import { InvoiceDraftService } from './invoice-draft.service.js';
import { InvoiceOperationHandlerService } from './invoice-operation-handler.service.js';
import { InvoicePushService } from './invoice-push.service.js';
import { InvoiceReferencesService } from './invoice-references.service.js';
import { InvoicedCustomerService } from './invoiced-customer.service.js';
import { InvoiceItemsService } from './invoice-items.service.js';
import { InvoiceTaxCodesService } from './invoice-tax-codes.service.js';
import { InvoiceVoidOperationService } from './invoice-void-operation.service.js';
import { DailyInvoiceCapService } from './daily-invoice-cap.service.js';
import { InvoiceTriesService } from './invoice-tries.service.js';
import { InvoiceVoidService } from './invoice-void.service.js';
import { InvoiceWorkerService } from './invoice-worker.service.js';
import { InvoicesController } from './invoices.controller.js';
import { ItemCreationService } from './item-creation.service.js';
import { QboItemsRepository } from './qbo-items.repository.js';
import { UnbilledDepositService } from './unbilled-deposit.service.js';
import { UntiedInvoiceService } from './untied-invoice.service.js';

/** Invoices into QuickBooks: made once for an approved proposal, voided when a person asks. */
@Module({
  imports: [
    CurrenciesModule,
    CustomersModule,
    InboxModule,
    OrgsModule,
    ChangeOrdersModule,
    ContractsModule,
    InvoicesModule,
    ProposalsModule,
    PaymentsModule,
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
    InvoiceProjectionModule,
    ChangeFeedModule,
    CreditProjectionModule,
    CompanyCurrenciesModule,
    PreflightModule,
    CustomerPushModule,
  ],
  controllers: [InvoicesController, EntryBillingController],
  providers: [
    QboItemsRepository,
    ItemCreationService,
    DepositItemService,
    UnbilledDepositService,
    UntiedInvoiceService,
    ContractCodingService,
    InvoiceItemsService,
    InvoiceTaxCodesService,
    InvoicedCustomerService,
    DepositWordingService,
    InvoiceReferencesService,
    InvoiceDraftService,
    HeldElsewhereService,
    CreatedInvoiceQuestionsService,
    InvoiceCreatedHandlerService,
    DailyInvoiceCapService,
    InvoiceTriesService,
    InvoiceOperationHandlerService,
    InvoicePushService,
    InvoiceCallingOffService,
    InvoiceCreationService,
    EntryBillingService,
    InvoiceVoidOperationService,
    InvoiceVoidService,
    InvoiceWorkerService,
  ],
  exports: [
    InvoiceItemsService,
    InvoiceTaxCodesService,
    DepositWordingService,
    InvoiceDraftService,
    InvoiceCreatedHandlerService,
    InvoiceCreationService,
  ],
})
export class InvoicePushModule {}
