import type { FastifyInstance } from 'fastify';
import { BadField, Fields } from '../fields.ts';
import type { BalanceSettings } from './balance.ts';
import type { Merchants } from './merchants.ts';
import type { StripeAccount } from './stripe-account.ts';

function ratesIn(fields: Fields): Record<string, number> | undefined {
  const rates = fields.raw('exchange_rates');
  if (rates === undefined) return undefined;
  const given = new Fields(rates);
  const names = Object.keys(rates as object);
  return Object.fromEntries(names.map((name) => [name, given.optionalNumber(name, 0) ?? 1]));
}

function changed(before: BalanceSettings, fields: Fields): BalanceSettings {
  const currencies = fields.raw('settlement_currencies');
  if (currencies !== undefined && !Array.isArray(currencies))
    throw new BadField('settlement_currencies must be a list of currencies');
  return {
    cardPercent: fields.optionalNumber('card_percent', 0, 100) ?? before.cardPercent,
    cardFixed: fields.optionalNumber('card_fixed') ?? before.cardFixed,
    bankPercent: fields.optionalNumber('bank_percent', 0, 100) ?? before.bankPercent,
    bankMaximum: fields.optionalNumber('bank_maximum') ?? before.bankMaximum,
    disputeFee: fields.optionalNumber('dispute_fee') ?? before.disputeFee,
    returnsDisputeFee: fields.optionalFlag('returns_dispute_fee') ?? before.returnsDisputeFee,
    settlementCurrencies: (currencies as string[] | undefined) ?? before.settlementCurrencies,
    exchangeRates: ratesIn(fields) ?? before.exchangeRates,
  };
}

/** Serves the money side of `/sandbox/stripe`: fees, payouts, and what the bank shows of them. */
export function registerBalanceControl(app: FastifyInstance, merchants: Merchants): void {
  /** The account that the body or the query names by `account`. */
  const accountIn = (source: unknown): StripeAccount =>
    merchants.named(new Fields(source).optionalText('account')).account;
  const view = ({ balance: { settings } }: StripeAccount): object => {
    return {
      card_percent: settings.cardPercent,
      card_fixed: settings.cardFixed,
      bank_percent: settings.bankPercent,
      bank_maximum: settings.bankMaximum,
      dispute_fee: settings.disputeFee,
      returns_dispute_fee: settings.returnsDisputeFee,
      settlement_currencies: settings.settlementCurrencies,
      exchange_rates: settings.exchangeRates,
    };
  };
  app.get('/sandbox/stripe/balance', async (request) => view(accountIn(request.query)));
  app.put('/sandbox/stripe/balance', async (request) => {
    const account = accountIn(request.body);
    account.balance.settings = changed(account.balance.settings, new Fields(request.body));
    return view(account);
  });
  app.post('/sandbox/stripe/fee', async (request) => {
    const fields = new Fields(request.body);
    const amount = fields.optionalNumber('amount', 1) ?? 1;
    return accountIn(request.body).balance.record({
      type: 'stripe_fee',
      category: 'fee',
      source: null,
      amount: -amount,
      currency: fields.optionalText('currency') ?? 'usd',
      description: fields.optionalText('description') ?? 'Monthly fee',
      isAvailable: true,
    });
  });
  app.post('/sandbox/stripe/payout', async (request) => {
    const fields = new Fields(request.body);
    return accountIn(request.body).payouts.create({
      kind: fields.optionalChoice('kind', ['automatic', 'manual', 'instant']) ?? 'automatic',
      currency: fields.optionalText('currency') ?? 'usd',
      amount: fields.optionalNumber('amount', 1),
      includesPending: fields.optionalFlag('include_pending') ?? false,
    });
  });
  app.post('/sandbox/stripe/update-payout', async (request) => {
    const fields = new Fields(request.body);
    const status = fields.choice('status', ['paid', 'failed', 'canceled']);
    const payout = fields.text('payout');
    const { payouts } = merchants.ownerOf(payout).account;
    return payouts.update(payout, status, fields.optionalText('failure_code'));
  });
  app.get('/sandbox/stripe/bank-feed', async (request) => accountIn(request.query).payouts.bankFeed());
}
