import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../../platform/errors/domain-error.js';
import { VendorError } from '../../platform/errors/vendor-error.js';
import { Clock } from '../../platform/time/clock.js';
import { UNANSWERED_MAX_MS } from '../checkout/checkout-status.js';
import { StripeAccountsService } from '../accounts/stripe-accounts.service.js';
import { type PaymentAtStripe, StripeClient } from '../checkout/stripe.client.js';
import { stripeAmountOf } from '../stripe-amount.js';
import { mayBeRefundOf, REFUND_KEY, refundFactOf, UnreadableEvent } from '../stripe-webhooks/stripe-fact.js';
import type { Payment } from './payment.entity.js';
import type { RefundUpdate } from './refund-recorder.service.js';
import type { Refund } from './refund.entity.js';

/** Asks Stripe for refunds; in dev mode it succeeds at once, and no money moves. */
@Injectable()
export class StripeRefundsService {
  private readonly logger = new Logger(StripeRefundsService.name);

  constructor(
    private readonly stripe: StripeClient,
    private readonly accounts: StripeAccountsService,
    private readonly clock: Clock,
  ) {}

  /** Throws a conflict where this payment cannot be refunded from here. */
  assertAvailable(payment: Payment): void {
    if (isOfDevMode(payment)) return;
    if (!this.stripe.isConfigured || payment.stripePaymentIntentId === null) {
      throw new DomainError(
        'conflict',
        'stripe_not_configured',
        'This installation has no Stripe key, so nothing can be refunded from here. Set STRIPE_SECRET_KEY.',
      );
    }
  }

  /**
   * What Stripe says of a refund that was asked for here. Repeated under the same key it is the same refund; once
   * Stripe has forgotten the key, it is looked for among the refunds of the payment. Throws VendorError.
   */
  async request(payment: Payment, refund: Refund): Promise<RefundUpdate> {
    const now = this.clock.now();
    if (isOfDevMode(payment)) return devUpdate(refund);
    const atStripe = await this.atStripe(payment, payment.stripePaymentIntentId!);
    const requestKey = refund.requestKey!;
    if (now.getTime() - refund.createdAt.getTime() < UNANSWERED_MAX_MS) {
      const request = {
        payment_intent: atStripe.paymentIntentId,
        amount: stripeAmountOf(refund.amountCents, refund.currency),
        reason: 'requested_by_customer' as const,
        metadata: { [REFUND_KEY]: requestKey },
      };
      return refundFactOf(await this.stripe.refund(request, requestKey, atStripe.stripeAccountId), now);
    }
    const { read, unreadable } = await this.list(atStripe, now);
    const own = read.find((fact) => fact.requestKey === requestKey);
    if (own) return own;
    if (unreadable.some((object) => mayBeRefundOf(requestKey, object))) {
      throw new VendorError('stripe', 'Stripe shows a refund that may be this one and cannot be read.', {
        code: 'stripe_refund_unreadable',
        status: 503,
        retryable: true,
        uncertain: true,
      });
    }
    throw new VendorError('stripe', 'Stripe never answered, and shows no such refund.', {
      code: 'stripe_refund_unknown',
      status: 409,
      retryable: false,
      uncertain: false,
    });
  }

  /** All refunds of a payment as Stripe shows them now, oldest first; none where it has none. Throws VendorError. */
  async read(payment: Payment): Promise<RefundUpdate[]> {
    const { stripePaymentIntentId: intentId } = payment;
    if (isOfDevMode(payment) || intentId === null || !this.stripe.isConfigured) return [];
    return (await this.list(await this.atStripe(payment, intentId), this.clock.now())).read;
  }

  private async atStripe({ orgId, id }: Payment, paymentIntentId: string): Promise<PaymentAtStripe> {
    return { paymentIntentId, stripeAccountId: await this.accounts.ofPayment(orgId, id) };
  }

  /** Oldest first; one that cannot be read keeps no other from it. */
  private async list(
    payment: PaymentAtStripe,
    now: Date,
  ): Promise<{ read: RefundUpdate[]; unreadable: unknown[] }> {
    const newestFirst = await this.stripe.listRefunds(payment);
    const [read, unreadable]: [RefundUpdate[], unknown[]] = [[], []];
    for (const object of newestFirst.toReversed()) {
      try {
        read.push(refundFactOf(object, now));
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
        const { paymentIntentId: intentId } = payment;
        this.logger.warn({ err: error, intentId }, 'Could not read a refund of Stripe');
        unreadable.push(object);
      }
    }
    return { read, unreadable };
  }
}

function isOfDevMode({ stripeSessionId }: Payment): boolean {
  return stripeSessionId.startsWith('dev_');
}

function devUpdate({ requestKey, amountCents, reason, madeAt }: Refund): RefundUpdate {
  return {
    refundId: `dev_${requestKey}`,
    requestKey,
    amountCents,
    state: 'succeeded',
    reason,
    failureReason: null,
    madeAt,
    at: madeAt,
  };
}
