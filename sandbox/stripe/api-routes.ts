import type { FastifyInstance } from 'fastify';
import { queryOf, useStripeApi } from './api-scope.ts';
import { checkoutParamsOf } from './checkout-params.ts';
import { registerConnect } from './connect-routes.ts';
import { registerEvents } from './event-routes.ts';
import { listPage } from './lists.ts';
import { lineItemsOf } from './line-items.ts';
import type { Charge, Dispute, Refund, Session } from './objects.ts';
import type { Payout } from './balance-objects.ts';
import type { Merchant, Merchants } from './merchants.ts';
import { checkKnown, checkPlain, metadataChangesAt } from './parameters.ts';
import { disputeAnswerOf, payoutRequestOf, refundRequestOf } from './request-forms.ts';
import { noSuch } from './stripe-error.ts';
import { registerUpdates } from './update-routes.ts';
import type { StripeWebhookSender } from './webhook-sender.ts';

interface ById {
  Params: { id: string };
}

/** What can be changed of a refund. */
const NOTES = new Set(['expand', 'metadata']);

/**
 * Serves the part of Stripe's API that a one-off Checkout payment needs, and what can be asked about it
 * later.
 */
export function registerStripeApi(
  app: FastifyInstance,
  merchants: Merchants,
  webhooks: StripeWebhookSender,
): void {
  const api = useStripeApi(app, merchants, webhooks);
  const of = (request: Parameters<typeof api.merchantOf>[0]) => api.merchantOf(request);
  registerConnect(app, api, merchants);
  const nothing = { read: checkPlain };

  app.post('/v1/checkout/sessions', (request, reply) =>
    api.post(request, reply, {
      read: (form) => checkoutParamsOf(form, of(request).account.now(), api.versionOf(request)),
      run: (params) =>
        of(request).account.createSession(
          params,
          (id) => `${request.protocol}://${request.host}/stripe/pay/${id}`,
        ),
    }),
  );
  app.post<ById>('/v1/checkout/sessions/:id/expire', (request, reply) =>
    api.post(request, reply, { ...nothing, run: () => of(request).account.expire(request.params.id) }),
  );
  app.get<ById>('/v1/checkout/sessions/:id/line_items', async (request) => {
    const { account } = of(request);
    return api.show(request, lineItemsOf(account, account.session(request.params.id), queryOf(request)));
  });
  registerUpdates(app, api);

  app.post('/v1/refunds', (request, reply) =>
    api.post(request, reply, { read: refundRequestOf, run: (refund) => of(request).refunds.create(refund) }),
  );
  app.post<ById>('/v1/refunds/:id', (request, reply) =>
    api.post(request, reply, {
      read: (form) => {
        checkKnown(form, NOTES);
        return metadataChangesAt(form);
      },
      run: (metadata) => of(request).refunds.annotate(request.params.id, metadata),
    }),
  );
  app.post<ById>('/v1/refunds/:id/cancel', (request, reply) =>
    api.post(request, reply, { ...nothing, run: () => of(request).refunds.cancel(request.params.id) }),
  );

  app.post<ById>('/v1/disputes/:id', (request, reply) =>
    api.post(request, reply, {
      read: disputeAnswerOf,
      run: (answer) => of(request).disputes.answer(request.params.id, answer),
    }),
  );
  app.post<ById>('/v1/disputes/:id/close', (request, reply) =>
    api.post(request, reply, {
      ...nothing,
      run: () => of(request).disputes.close(request.params.id, 'lost'),
    }),
  );

  const reads = <Item extends { id: string; created: number }>(
    url: string,
    kind: string,
    all: (merchant: Merchant) => Iterable<Item>,
    filters: readonly string[],
    times: readonly string[] = [],
  ): void => {
    app.get(url, async (request) =>
      api.show(request, listPage([...all(of(request))], queryOf(request), { url, kind, filters, times })),
    );
    app.get<ById>(`${url}/:id`, async (request) => {
      checkPlain(queryOf(request));
      const found = [...all(of(request))].find(({ id }) => id === request.params.id);
      if (!found) throw noSuch(kind, request.params.id, kind === 'payment_intent' ? 'intent' : 'id');
      return api.show(request, found);
    });
  };
  const sessions = ({ account }: Merchant): Iterable<Session> => {
    account.expireDue();
    return account.sessions.values();
  };
  reads('/v1/checkout/sessions', 'checkout.session', sessions, [
    'customer',
    'customer_account',
    'customer_details.email',
    'payment_intent',
    'payment_link',
    'status',
    'subscription',
  ]);
  reads('/v1/payment_intents', 'payment_intent', ({ account }) => account.intents.values(), [
    'customer',
    'customer_account',
  ]);
  reads<Charge>('/v1/charges', 'charge', ({ account }) => account.charges.values(), [
    'customer',
    'payment_intent',
    'transfer_group',
  ]);
  reads<Refund>('/v1/refunds', 'refund', ({ account }) => account.refunds.values(), [
    'payment_intent',
    'charge',
  ]);
  reads<Dispute>('/v1/disputes', 'dispute', ({ account }) => account.disputes.values(), [
    'payment_intent',
    'charge',
  ]);
  app.get('/v1/balance', async (request) => {
    checkPlain(queryOf(request));
    return of(request).account.balance.summary();
  });
  app.get('/v1/balance_transactions', async (request) => {
    const { account } = of(request);
    const { payout, ...query } = queryOf(request);
    const all = typeof payout === 'string' ? account.payouts.membersOf(payout) : [...account.balance.all()];
    const filters = ['currency', 'source', 'type'] as const;
    const url = '/v1/balance_transactions';
    return api.show(request, listPage(all, query, { url, kind: 'balance transaction', filters }));
  });
  app.get<ById>('/v1/balance_transactions/:id', async (request) => {
    checkPlain(queryOf(request));
    const found = [...of(request).account.balance.all()].find(({ id }) => id === request.params.id);
    if (!found) throw noSuch('balance transaction', request.params.id);
    return api.show(request, found);
  });
  app.post('/v1/payouts', (request, reply) =>
    api.post(request, reply, {
      read: payoutRequestOf,
      run: (payout) => of(request).account.payouts.create(payout),
    }),
  );
  app.post<ById>('/v1/payouts/:id/cancel', (request, reply) =>
    api.post(request, reply, {
      ...nothing,
      run: () => of(request).account.payouts.cancel(request.params.id),
    }),
  );
  reads<Payout>(
    '/v1/payouts',
    'payout',
    ({ account }) => account.payouts.payouts.values(),
    ['currency', 'destination', 'status'],
    ['arrival_date'],
  );
  registerEvents(app, api, webhooks);
}
