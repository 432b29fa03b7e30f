import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrgsModule } from '../orgs/orgs.module.js';
import { CurrenciesModule } from '../currencies/currencies.module.js';
import { ChangeOrdersModule } from '../change-orders/change-orders.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { StripeAccountsRepository } from './accounts/stripe-accounts.repository.js';
import { StripeAccountsService } from './accounts/stripe-accounts.service.js';
import { PaymentDescriptionService } from './ledger/payment-description.service.js';
import { DisputeInboxService } from './ledger/disputes/dispute-inbox.service.js';
import { Payment } from './ledger/payment.entity.js';
import { PaymentFeeService } from './ledger/payment-fee.service.js';
import { PaymentFeesRepository } from './ledger/payment-fees.repository.js';
import { PaymentRecorderService } from './ledger/payment-recorder.service.js';
import { Dispute } from './ledger/disputes/dispute.entity.js';
import { DisputeRecorderService } from './ledger/disputes/dispute-recorder.service.js';
import { EntryMoneyRepository } from './ledger/entry-money.repository.js';
import { DisputesRepository } from './ledger/disputes/disputes.repository.js';
import { LedgerRepository } from './ledger/ledger.repository.js';
import { Refund } from './ledger/refunds/refund.entity.js';
import { PaymentParticularsRepository } from './ledger/payment-particulars.repository.js';
import { PaymentSearchRepository } from './ledger/payment-search.repository.js';
import { PaymentsService } from './ledger/payments.service.js';
import { RefundRecorderService } from './ledger/refunds/refund-recorder.service.js';
import { RefundsRepository } from './ledger/refunds/refunds.repository.js';
import { PaymentInboxService } from './ledger/payment-inbox.service.js';
import { ReturnedInboxService } from './ledger/returned-inbox.service.js';
import { ReturnedMoneyService } from './ledger/returned-money.service.js';
import { RefundReaderService } from './ledger/refunds/refund-reader.service.js';
import { RefundRequestService } from './ledger/refunds/refund-request.service.js';
import { StripeRefundsService } from './ledger/refunds/stripe-refunds.service.js';
import { PaymentsController } from './ledger/payments.controller.js';
import { PaymentsRepository } from './ledger/payments.repository.js';
import { ChargeQuestionService } from './checkout/charges/charge-question.service.js';
import { LostPagesRepository } from './checkout/sessions/lost-pages.repository.js';
import { PageElsewhereService } from './checkout/sessions/page-elsewhere.service.js';
import { PageElsewhereResolutionService } from './checkout/sessions/page-elsewhere-resolution.service.js';
import { SessionEndService } from './checkout/session-end.service.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { CheckoutDraftService } from './checkout/checkout-draft.service.js';
import { CheckoutService } from './checkout/checkout.service.js';
import { CheckoutSession } from './checkout/sessions/checkout-session.entity.js';
import { CheckoutSessionsRepository } from './checkout/sessions/checkout-sessions.repository.js';
import { PaymentPagesController } from './checkout/payment-pages.controller.js';
import { PendingPagesService } from './checkout/sessions/pending-pages.service.js';
import { SessionLookupService } from './checkout/sessions/session-lookup.service.js';
import { StripeClient } from './checkout/stripe.client.js';

const CHECKOUT = [
  CheckoutSessionsRepository,
  LostPagesRepository,
  StripeClient,
  StripeAccountsRepository,
  StripeAccountsService,
  ChargeQuestionService,
  PageElsewhereService,
  PageElsewhereResolutionService,
  PendingPagesService,
  SessionEndService,
  CheckoutDraftService,
  CheckoutService,
  SessionLookupService,
];
const LEDGER = [
  PaymentsRepository,
  PaymentFeesRepository,
  PaymentFeeService,
  EntryMoneyRepository,
  RefundsRepository,
  DisputesRepository,
  LedgerRepository,
  PaymentParticularsRepository,
  PaymentSearchRepository,
  PaymentsService,
  PaymentInboxService,
  StripeRefundsService,
  ReturnedMoneyService,
  RefundRequestService,
  RefundReaderService,
  PaymentDescriptionService,
  DisputeInboxService,
  ReturnedInboxService,
  PaymentRecorderService,
  RefundRecorderService,
  DisputeRecorderService,
];

/** Payments: the page on which a customer pays, and the ledger of what was paid and went back. */
@Module({
  imports: [
    OrgsModule,
    CurrenciesModule,
    CustomersModule,
    ChangeOrdersModule,
    ContractsModule,
    InboxModule,
    InvoicesModule,
    ProposalsModule,
    TypeOrmModule.forFeature([CheckoutSession, Payment, Refund, Dispute]),
  ],
  controllers: [PaymentsController, CheckoutController, PaymentPagesController],
  providers: [...CHECKOUT, ...LEDGER],
  exports: [
    StripeClient,
    StripeAccountsRepository,
    StripeAccountsService,
    ChargeQuestionService,
    PageElsewhereService,
    SessionEndService,
    SessionLookupService,
    CheckoutService,
    CheckoutSessionsRepository,
    PaymentsRepository,
    EntryMoneyRepository,
    LostPagesRepository,
    LedgerRepository,
    DisputesRepository,
    PaymentInboxService,
    PaymentDescriptionService,
    PaymentRecorderService,
    RefundRecorderService,
    DisputeRecorderService,
    ReturnedMoneyService,
  ],
})
export class PaymentsModule {}
