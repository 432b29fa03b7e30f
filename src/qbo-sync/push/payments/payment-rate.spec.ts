import { describe, expect, it } from 'vitest';
import type { StripeAccountsService } from '../../../payments/accounts/stripe-accounts.service.js';
import type { StripeClient } from '../../../payments/checkout/stripe.client.js';
import type { StripeSettlement } from '../../../payments/stripe-fee.js';
import { VendorError } from '../../../platform/errors/vendor-error.js';
import type { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { PaymentToRecord } from '../../operations/operation-payloads.js';
import type { DocumentRatesService } from '../../pull/currencies/document-rates.service.js';
import { PaymentRateService } from './payment-rate.service.js';

const NOW = new Date('2026-11-27T12:00:00Z');
const secondsAgo = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const CLOCK: Clock = { now: () => NOW };
const FACT = { currency: 'EUR', paidOn: '2026-11-27', amountCents: 300_000 } as PaymentToRecord;

describe('The rate of a payment from Stripe', () => {
  const rateOf = (
    settlement: StripeSettlement | null | Error,
    { requestedAt = NOW, rateOfDay = '1.1' }: { requestedAt?: Date; rateOfDay?: string | null } = {},
  ) => {
    const rates = { rateOn: async () => rateOfDay, homeCurrency: async () => 'USD' };
    const readSettlement = async (): Promise<StripeSettlement | null> => {
      if (settlement instanceof Error) throw settlement;
      return settlement;
    };
    const stripe = { isConfigured: true, readSettlement };
    return new PaymentRateService(
      rates as unknown as DocumentRatesService,
      stripe as unknown as StripeClient,
      { ofPayment: async () => null } as unknown as StripeAccountsService,
      CLOCK,
    ).rateOf({} as QboCompany, FACT, requestedAt);
  };

  it('is what Stripe credited, divided by what was paid', async () => {
    expect(await rateOf({ settledCents: 331_234, currency: 'USD' })).toEqual({ rate: '1.104113333' });
  });

  it('is that of the day where Stripe settled in another currency than the home currency, or one to one', async () => {
    expect(await rateOf({ settledCents: 300_000, currency: 'EUR' })).toEqual({ rate: '1.1' });
    expect(await rateOf({ settledCents: 300_000, currency: 'USD' })).toEqual({ rate: '1.1' });
  });

  it('is waited for while Stripe does not say it, a minute at most', async () => {
    const silent = new VendorError('stripe', 'No answer', {
      code: 'stripe_unreachable',
      status: 503,
      retryable: true,
      uncertain: false,
    });
    for (const unknown of [null, silent]) {
      expect(await rateOf(unknown, { requestedAt: secondsAgo(59) })).toBe('wait');
      expect(await rateOf(unknown, { requestedAt: secondsAgo(61) })).toEqual({ rate: '1.1' });
    }
  });

  it('is none in the home currency', async () => {
    expect(await rateOf({ settledCents: 1, currency: 'USD' }, { rateOfDay: null })).toEqual({ rate: null });
  });
});
