import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { DepositNaming } from './booking/deposit-naming.service.js';
import { DisputeReport } from './booking/dispute-report.service.js';
import { Payment } from './booking/payment.entity.js';
import { PaymentBooking } from './booking/payment-booking.service.js';
import { PaymentReversal } from './booking/payment-reversal.service.js';
import { PaymentsRepository } from './booking/payments.repository.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { CheckoutDrafting } from './checkout/checkout-drafting.service.js';
import { CheckoutService } from './checkout/checkout.service.js';
import { CheckoutSession } from './checkout/checkout-session.entity.js';
import { CheckoutSessionsRepository } from './checkout/checkout-sessions.repository.js';
import { PaymentPagesController } from './checkout/payment-pages.controller.js';
import { SessionLookup } from './checkout/session-lookup.service.js';
import { StripeClient } from './checkout/stripe.client.js';
import { DevCheckoutController } from './stripe/dev-checkout.controller.js';
import { DevCheckout } from './stripe/dev-checkout.service.js';
import { StripeEventJanitor } from './stripe/event-janitor.service.js';
import { EventProcessor } from './stripe/event-processor.service.js';
import { EventRemedy } from './stripe/event-remedy.service.js';
import { EventSubjects } from './stripe/event-subject.service.js';
import { EventTrouble } from './stripe/event-trouble.service.js';
import { StripeEvent } from './stripe/stripe-event.entity.js';
import { StripeEventsRepository } from './stripe/stripe-events.repository.js';
import { StripeInbox } from './stripe/stripe-inbox.service.js';
import { StripeSignature } from './stripe/stripe-signature.service.js';
import { StripeWebhookController } from './stripe/stripe-webhook.controller.js';

const CHECKOUT = [CheckoutSessionsRepository, StripeClient, CheckoutDrafting, CheckoutService, SessionLookup];
const BOOKING = [PaymentsRepository, DepositNaming, DisputeReport, PaymentBooking, PaymentReversal];
const EVENTS = [
  StripeEventsRepository,
  StripeSignature,
  StripeInbox,
  EventSubjects,
  EventTrouble,
  EventProcessor,
  EventRemedy,
  StripeEventJanitor,
  DevCheckout,
];

/** Deposits: the page on which a customer pays, and what Stripe tells of it. */
@Module({
  imports: [
    AuthModule,
    CustomersModule,
    InboxModule,
    ProposalsModule,
    TypeOrmModule.forFeature([CheckoutSession, Payment, StripeEvent]),
  ],
  controllers: [CheckoutController, StripeWebhookController, PaymentPagesController, DevCheckoutController],
  providers: [...CHECKOUT, ...BOOKING, ...EVENTS],
  exports: [CheckoutService, CheckoutSessionsRepository, PaymentsRepository],
})
export class PaymentsModule {}
