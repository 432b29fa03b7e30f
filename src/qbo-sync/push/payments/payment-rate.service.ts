import { Injectable, Logger } from '@nestjs/common';
import { StripeAccountsService } from '../../../payments/accounts/stripe-accounts.service.js';
import { StripeClient } from '../../../payments/checkout/stripe.client.js';
import type { StripeSettlement } from '../../../payments/stripe-fee.js';
import { VendorError } from '../../../platform/errors/vendor-error.js';
import { type ExchangeRate, rateBetween } from '../../../platform/money/exchange-rate.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { PaymentToRecord } from '../../operations/operation-payloads.js';
import { DocumentRatesService } from '../../pull/currencies/document-rates.service.js';

/** Stripe writes what it credited for a charge some seconds after it; after so long the payment goes on without. */
const SETTLEMENT_MAX_MS = 60_000;

/**
 * The rate a payment is recorded with: the one at which Stripe settled it in the home currency, so that the cash in
 * the books is what arrived; else the one of the payment's day.
 */
@Injectable()
export class PaymentRateService {
  private readonly logger = new Logger(PaymentRateService.name);

  constructor(
    private readonly rates: DocumentRatesService,
    private readonly stripe: StripeClient,
    private readonly accounts: StripeAccountsService,
    private readonly clock: Clock,
  ) {}

  /**
   * A rate of null in the home currency. `wait` while Stripe is yet to say what it credited. Throws QboError where
   * there is none on the day.
   */
  async rateOf(
    company: QboCompany,
    fact: PaymentToRecord,
    requestedAt: Date,
  ): Promise<{ rate: ExchangeRate | null } | 'wait'> {
    const { currency, paidOn, amountCents } = fact;
    const rateOfDay = await this.rates.rateOn(company, currency, paidOn, 'payment.create');
    if (rateOfDay === null || !this.stripe.isConfigured) return { rate: rateOfDay };
    const settlement = await this.settlementOf(fact);
    if (settlement === null) {
      return this.clock.now().getTime() - requestedAt.getTime() < SETTLEMENT_MAX_MS
        ? 'wait'
        : { rate: rateOfDay };
    }
    const { currency: settledIn, settledCents } = settlement;
    const isHome = settledIn === (await this.rates.homeCurrency(company));
    // Two currencies are never one to one but by mistake: the books have a rate then that is none.
    const isRate = settledCents > 0 && settledCents !== amountCents;
    return { rate: isHome && isRate ? rateBetween(amountCents, settledCents) : rateOfDay };
  }

  private async settlementOf({
    orgId,
    paymentId,
    reference: paymentIntentId,
  }: PaymentToRecord): Promise<StripeSettlement | null> {
    try {
      const stripeAccountId = await this.accounts.ofPayment(orgId, paymentId);
      return await this.stripe.readSettlement({ paymentIntentId, stripeAccountId });
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      this.logger.warn(
        { err: error, orgId, paymentId },
        'Stripe has not said what it credited for a payment',
      );
      return null;
    }
  }
}
