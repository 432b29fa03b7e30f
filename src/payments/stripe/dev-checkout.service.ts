import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import type { ShownCheckout } from '../checkout/payment-pages.js';
import { stripeAmountOf } from '../stripe-amount.js';
import { EventProcessor } from './event-processor.service.js';
import { StripeInbox } from './stripe-inbox.service.js';

/** Plays Stripe in dev mode: what it tells goes the way of every event. */
@Injectable()
export class DevCheckout {
  constructor(
    private readonly inbox: StripeInbox,
    private readonly processor: EventProcessor,
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
    const eventId = await this.inbox.keep(Buffer.from(JSON.stringify(event)), { ok: true, json: event });
    await this.processor.process(eventId);
  }
}
