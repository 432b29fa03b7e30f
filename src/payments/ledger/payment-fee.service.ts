import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { nextAttempt } from '../../jobs/backoff.js';
import { DueRows } from '../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../jobs/handlers/job-handler.decorator.js';
import type { JobRef, QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { VendorError } from '../../platform/errors/vendor-error.js';
import { Clock } from '../../platform/time/clock.js';
import { StripeAccountsService } from '../accounts/stripe-accounts.service.js';
import { StripeClient } from '../checkout/stripe.client.js';
import { FEE_BACKOFF } from '../stripe-fee.js';
import { PaymentFeesRepository } from './payment-fees.repository.js';

/**
 * Reads what Stripe kept of each payment, once: one call a minute after the payment, again only while Stripe does not
 * answer or does not know it yet, at most twenty times. Without a key nobody is asked, and the fee stays unknown.
 */
@Injectable()
export class PaymentFeeService {
  private readonly logger = new Logger(PaymentFeeService.name);

  constructor(
    private readonly fees: PaymentFeesRepository,
    private readonly stripe: StripeClient,
    private readonly accounts: StripeAccountsService,
    private readonly clock: Clock,
  ) {}

  @DueRows('payments.fee_cents')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = this.stripe.isConfigured ? await this.fees.listDue(tx, limit) : [];
    return due.map((payload) => ({ name: 'stripe.fee.read', payload }));
  }

  @JobHandler('stripe.fee.read')
  async read({ orgId, paymentId }: QueuePayloads['stripe.fee.read']): Promise<void> {
    const payment = await this.fees.findDue(orgId, paymentId);
    const paymentIntentId = payment?.stripePaymentIntentId;
    if (!paymentIntentId || !this.stripe.isConfigured) return;
    const failed = payment.feeAttempts + 1;
    const next = nextAttempt(FEE_BACKOFF, { failed }, this.clock.now(), Math.random());
    if (!(await this.fees.begin(payment, next))) return;
    try {
      const stripeAccountId = await this.accounts.ofPayment(orgId, paymentId);
      const fee = await this.stripe.readFee({ paymentIntentId, stripeAccountId });
      if (fee) await this.fees.keep(payment, fee);
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      this.logger.warn(
        { err: error, orgId, paymentId, next },
        'Stripe has not said what it kept of a payment',
      );
    }
  }
}
