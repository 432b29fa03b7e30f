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
import { ContractCodingService } from './references/contract-coding.service.js';
import { DepositItemService } from './references/deposit-item.service.js';
import { EntryBillingController } from './entry-billing.controller.js';
import { CreatedInvoiceQuestionsService } from './create/created-invoice-questions.service.js';
import { HeldElsewhereService } from './create/held-elsewhere.service.js';
import { EntryBillingService } from './entry-billing.service.js';
import { InvoiceCallingOffService } from './void/invoice-calling-off.service.js';
import { InvoiceCreatedHandlerService } from './create/invoice-created-handler.service.js';
import { InvoiceCreationService } from './create/invoice-creation.service.js';
import { DepositWordingService } from './draft/deposit-wording.service.js';
import { InvoiceDraftService } from './draft/invoice-draft.service.js';
import { InvoiceOperationHandlerService } from './create/invoice-operation-handler.service.js';
import { InvoicePushService } from './create/invoice-push.service.js';
import { InvoiceReferencesService } from './references/invoice-references.service.js';
import { InvoicedCustomerService } from './draft/invoiced-customer.service.js';
import { InvoiceItemsService } from './references/invoice-items.service.js';
import { InvoiceTaxCodesService } from './references/invoice-tax-codes.service.js';
import { InvoiceVoidOperationService } from './void/invoice-void-operation.service.js';
import { DailyInvoiceCapService } from './create/daily-invoice-cap.service.js';
import { LeftPaymentsRepository } from './create/left-payments.repository.js';
import { LeftPaymentsService } from './create/left-payments.service.js';
import { InvoiceTriesService } from './create/invoice-tries.service.js';
import { InvoiceVoidService } from './void/invoice-void.service.js';
import { InvoiceWorkerService } from './invoice-worker.service.js';
import { InvoicesController } from './invoices.controller.js';
import { ItemCreationService } from './references/item-creation.service.js';
import { QboItemsRepository } from './references/qbo-items.repository.js';
import { UnbilledDepositService } from './create/unbilled-deposit.service.js';
import { UntiedInvoiceService } from './create/untied-invoice.service.js';

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
    LeftPaymentsRepository,
    LeftPaymentsService,
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
    LeftPaymentsService,
  ],
})
export class InvoicePushModule {}
