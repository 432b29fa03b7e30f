import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/time/clock.js';
import type { ShownCheckout } from './payment-pages.js';
import { stripeAmountOf } from '../stripe-amount.js';
import { StripeEventProcessorService } from '../stripe-webhooks/stripe-event-processor.service.js';
import { StripeWebhookStoreService } from '../stripe-webhooks/stripe-webhook-store.service.js';

/** Plays Stripe in dev mode: what it tells goes the way of every event. */
@Injectable()
export class DevCheckoutService {
  constructor(
    private readonly store: StripeWebhookStoreService,
    private readonly processor: StripeEventProcessorService,
    private readonly clock: Clock,
  ) {}

  /** Tells that an open session was paid. Twice is the same as once. */
  async pay({ sessionId, amountCents, currency, status }: ShownCheckout): Promise<void> {
    if (status !== 'open') return;
    const event = {
      id: `evt_${sessionId}`,
      object: 'event',
      type: 'checkout.session.completed',
      created: Math.floor(this.clock.now().getTime() / 1000),
      data: {
        object: {
          id: sessionId,
          object: 'checkout.session',
          amount_total: stripeAmountOf(amountCents, currency),
          currency: currency.toLowerCase(),
          payment_intent: `pi_${sessionId}`,
          payment_status: 'paid',
          status: 'complete',
        },
      },
    };
    const eventId = await this.store.keep(Buffer.from(JSON.stringify(event)), { ok: true, json: event });
    await this.processor.process(eventId);
  }
}
