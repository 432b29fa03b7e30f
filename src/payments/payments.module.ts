import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { Payment } from './booking/payment.entity.js';
import { PaymentsRepository } from './booking/payments.repository.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { CheckoutDrafting } from './checkout/checkout-drafting.service.js';
import { CheckoutService } from './checkout/checkout.service.js';
import { CheckoutSession } from './checkout/checkout-session.entity.js';
import { CheckoutSessionsRepository } from './checkout/checkout-sessions.repository.js';
import { StripeClient } from './checkout/stripe.client.js';

const CHECKOUT = [CheckoutSessionsRepository, StripeClient, CheckoutDrafting, CheckoutService];
const BOOKING = [PaymentsRepository];

/** Deposits: the page on which a customer pays, and what Stripe tells of it. */
@Module({
  imports: [
    AuthModule,
    CustomersModule,
    ProposalsModule,
    TypeOrmModule.forFeature([CheckoutSession, Payment]),
  ],
  controllers: [CheckoutController],
  providers: [...CHECKOUT, ...BOOKING],
  exports: [CheckoutService, CheckoutSessionsRepository, PaymentsRepository],
})
export class PaymentsModule {}
