import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { VendorError } from '../../../platform/errors/vendor-error.js';
import { Clock } from '../../../platform/time/clock.js';
import { UNANSWERED_MAX_MS } from '../../checkout/checkout-status.js';
import { StripeAccountsService } from '../../accounts/stripe-accounts.service.js';
import { type PaymentAtStripe, StripeClient } from '../../checkout/stripe.client.js';
import { stripeAmountOf } from '../../stripe-amount.js';
import {
  mayBeRefundOf,
  REFUND_KEY,
  refundFactOf,
  UnreadableEvent,
} from '../../stripe-webhooks/stripe-fact.js';
import type { Payment } from '../payment.entity.js';
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
   * What Stripe says of a refund that was asked for here. The first time it is asked to make it. Repeated, it is looked
   * for first, as Stripe may have made it and failed after that, which it then answers for a day; where there is none
   * it is asked for under the same key, until Stripe has forgotten that. Throws VendorError: once an answer was lost,
   * what keeps from looking says nothing of what came of it.
   */
  async request(
    payment: Payment,
    refund: Refund,
    { isRepeated }: { isRepeated: boolean },
  ): Promise<RefundUpdate> {
    const now = this.clock.now();
    if (isOfDevMode(payment)) return devUpdate(refund);
    const atStripe = await this.atStripe(payment, payment.stripePaymentIntentId!);
    const requestKey = refund.requestKey!;
    const isForgotten = now.getTime() - refund.createdAt.getTime() >= UNANSWERED_MAX_MS;
    const isLookedFor = isRepeated || isForgotten;
    const made = isLookedFor ? await this.madeUnder(requestKey, atStripe, { now, isForgotten }) : null;
    if (made) return made;
    if (isForgotten) throw unknown('Stripe never answered, and shows no such refund.');
    const request = {
      payment_intent: atStripe.paymentIntentId,
      amount: stripeAmountOf(refund.amountCents, refund.currency),
      reason: 'requested_by_customer' as const,
      metadata: { [REFUND_KEY]: requestKey },
    };
    return refundFactOf(await this.stripe.refund(request, requestKey, atStripe.stripeAccountId), now);
  }

  /** The refund that was asked for under this key, as Stripe shows it; null where it shows none. Throws VendorError. */
  private async madeUnder(
    requestKey: string,
    payment: PaymentAtStripe,
    { now, isForgotten }: { now: Date; isForgotten: boolean },
  ): Promise<RefundUpdate | null> {
    const { read, unreadable } = await this.list(payment, now).catch((error: unknown) => {
      throw error instanceof VendorError ? notSeen(error, isForgotten) : error;
    });
    const own = read.find((fact) => fact.requestKey === requestKey);
    if (own) return own;
    if (!unreadable.some((object) => mayBeRefundOf(requestKey, object))) return null;
    throw new VendorError('stripe', 'Stripe shows a refund that may be this one and cannot be read.', {
      code: 'stripe_refund_unreadable',
      status: 503,
      retryable: true,
      uncertain: true,
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

/**
 * It cannot be looked for. The key may be another one by now, or may not act for the account any more: neither says
 * that nothing was made. Where that lasts, a person looks.
 */
function notSeen(error: VendorError, isForgotten: boolean): VendorError {
  const { retryable, uncertain } = error.facts;
  if (retryable || uncertain) return error;
  return isForgotten
    ? unknown(
        `Stripe never answered, and does not say what came of it: look in its dashboard. ${error.message}`,
      )
    : new VendorError('stripe', error.message, { ...error.facts, retryable: true, uncertain: true });
}

function unknown(message: string): VendorError {
  const facts = { code: 'stripe_refund_unknown', status: 409, retryable: false, uncertain: false } as const;
  return new VendorError('stripe', message, facts);
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
