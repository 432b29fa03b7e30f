import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InboxModule } from '../../inbox/inbox.module.js';
import { ProposalsModule } from '../../proposals/proposals.module.js';
import { DevCheckoutController } from '../checkout/dev-checkout.controller.js';
import { DevCheckoutService } from '../checkout/dev-checkout.service.js';
import { PaymentsModule } from '../payments.module.js';
import { LostPageReporterService } from './lost-page-reporter.service.js';
import { MissedEventsService } from './missed-events.service.js';
import { StripeEventContextService } from './stripe-event-context.service.js';
import { StripeEventCursorRepository } from './stripe-event-cursor.repository.js';
import { StripeEventEffectService } from './stripe-event-effect.service.js';
import { StripeEventFailureReporterService } from './stripe-event-failure-reporter.service.js';
import { StripeEventProcessorService } from './stripe-event-processor.service.js';
import { StripeEventResolutionService } from './stripe-event-resolution.service.js';
import { StripeEvent } from './stripe-event.entity.js';
import { StripeEventsRepository } from './stripe-events.repository.js';
import { StripeSignatureService } from './stripe-signature.service.js';
import { StripeWebhookStoreService } from './stripe-webhook-store.service.js';
import { StripeWebhookController } from './stripe-webhook.controller.js';

/** What Stripe tells: each event is stored, decided, and has its effect on the ledger once. */
@Module({
  imports: [InboxModule, ProposalsModule, PaymentsModule, TypeOrmModule.forFeature([StripeEvent])],
  controllers: [StripeWebhookController, DevCheckoutController],
  providers: [
    StripeEventsRepository,
    StripeSignatureService,
    StripeWebhookStoreService,
    StripeEventCursorRepository,
    MissedEventsService,
    StripeEventContextService,
    StripeEventEffectService,
    StripeEventFailureReporterService,
    LostPageReporterService,
    StripeEventProcessorService,
    StripeEventResolutionService,
    DevCheckoutService,
  ],
})
export class StripeWebhooksModule {}
