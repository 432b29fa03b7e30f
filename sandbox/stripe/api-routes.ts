import type { FastifyInstance } from 'fastify';
import { queryOf, useStripeApi } from './api-scope.ts';
import { type CheckoutParams, checkoutParamsOf } from './checkout-params.ts';
import type { Disputes } from './disputes.ts';
import { type Form, listAt, textAt, textsAt } from './form.ts';
import { listPage } from './lists.ts';
import type { Refunds } from './refunds.ts';
import { checkKnown, choiceOf, metadataAt, wholeNumber } from './parameters.ts';
import type { StripeAccount } from './stripe-account.ts';
import { noSuch } from './stripe-error.ts';
import type { StripeWebhookSender } from './webhook-sender.ts';

interface ById {
  Params: { id: string };
}

const REFUND_PARAMETERS = new Set(
  (
    'amount charge currency customer expand instructions_email metadata origin payment_intent reason ' +
    'refund_application_fee reverse_transfer'
  ).split(' '),
);
const REFUND_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

function refundRequestOf(form: Form): Parameters<Refunds['create']>[0] {
  checkKnown(form, REFUND_PARAMETERS);
  const amount = textAt(form, 'amount');
  return {
    charge: textAt(form, 'charge'),
    paymentIntent: textAt(form, 'payment_intent'),
    amount: amount === undefined ? undefined : wholeNumber(amount, 'amount'),
    reason: choiceOf(textAt(form, 'reason'), 'reason', REFUND_REASONS) ?? null,
    metadata: metadataAt(form, 'metadata'),
  };
}

function lineItemsOf(params: CheckoutParams | undefined, sessionId: string): object {
  const data = (params?.lines ?? []).map(({ name, amount, quantity }, index) => ({
    id: `li_${index + 1}_${sessionId}`,
    object: 'item',
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: params?.currency,
    description: name,
    quantity,
  }));
  return { object: 'list', data, has_more: false, url: `/v1/checkout/sessions/${sessionId}/line_items` };
}

/**
 * Serves the part of Stripe's API that a one-off Checkout payment needs, and what can be asked about it
 * later.
 */
export function registerStripeApi(
  app: FastifyInstance,
  parts: { account: StripeAccount; refunds: Refunds; disputes: Disputes; webhooks: StripeWebhookSender },
): void {
  const { account, refunds, disputes, webhooks } = parts;
  const api = useStripeApi(app, account, () => webhooks.settings.apiVersion);
  const nothing = { read: (form: Form): Form => form };

  app.post('/v1/checkout/sessions', (request, reply) =>
    api.post(request, reply, {
      read: (form) => checkoutParamsOf(form, account.now()),
      run: (params) =>
        account.createSession(params, (id) => `${request.protocol}://${request.host}/stripe/pay/${id}`),
    }),
  );
  app.post<ById>('/v1/checkout/sessions/:id/expire', (request, reply) =>
    api.post(request, reply, { ...nothing, run: () => account.expire(request.params.id) }),
  );
  app.get<ById>('/v1/checkout/sessions/:id/line_items', async ({ params }) =>
    lineItemsOf(account.paramsOf(account.session(params.id)), params.id),
  );

  app.post('/v1/refunds', (request, reply) =>
    api.post(request, reply, { read: refundRequestOf, run: (refund) => refunds.create(refund) }),
  );
  app.post<ById>('/v1/refunds/:id', (request, reply) =>
    api.post(request, reply, {
      read: (form) => metadataAt(form, 'metadata'),
      run: (metadata) => refunds.annotate(request.params.id, metadata),
    }),
  );
  app.post<ById>('/v1/refunds/:id/cancel', (request, reply) =>
    api.post(request, reply, { ...nothing, run: () => refunds.cancel(request.params.id) }),
  );

  app.post<ById>('/v1/disputes/:id', (request, reply) =>
    api.post(request, reply, {
      read: (form) => textsAt(form, 'evidence'),
      run: (evidence) => disputes.submitEvidence(request.params.id, evidence),
    }),
  );
  app.post<ById>('/v1/disputes/:id/close', (request, reply) =>
    api.post(request, reply, { ...nothing, run: () => disputes.close(request.params.id, 'lost') }),
  );

  const reads = <Item extends { id: string; created: number }>(
    url: string,
    kind: string,
    all: () => Iterable<Item>,
    filters: readonly (keyof Item & string)[],
  ): void => {
    app.get(url, async (request) =>
      api.show(request, listPage([...all()], queryOf(request), { url, kind, filters })),
    );
    app.get<ById>(`${url}/:id`, async (request) => {
      const found = [...all()].find(({ id }) => id === request.params.id);
      if (!found) throw noSuch(kind, request.params.id, kind === 'payment_intent' ? 'intent' : 'id');
      return api.show(request, found);
    });
  };
  const sessions = (): ReturnType<typeof account.sessions.values> => {
    account.expireDue();
    return account.sessions.values();
  };
  reads('/v1/checkout/sessions', 'checkout.session', sessions, ['payment_intent', 'status', 'customer']);
  reads('/v1/payment_intents', 'payment_intent', () => account.intents.values(), []);
  reads('/v1/charges', 'charge', () => account.charges.values(), ['payment_intent']);
  reads('/v1/refunds', 'refund', () => account.refunds.values(), ['payment_intent', 'charge']);
  reads('/v1/disputes', 'dispute', () => account.disputes.values(), ['payment_intent', 'charge']);
  app.get('/v1/balance', async () => account.balance.summary());
  app.get('/v1/balance_transactions', async (request) => {
    const { payout, ...query } = queryOf(request);
    const all = typeof payout === 'string' ? account.payouts.membersOf(payout) : [...account.balance.all()];
    const filters = ['currency', 'source', 'type'] as const;
    const url = '/v1/balance_transactions';
    return api.show(request, listPage(all, query, { url, kind: 'balance transaction', filters }));
  });
  app.get<ById>('/v1/balance_transactions/:id', async (request) => {
    const found = [...account.balance.all()].find(({ id }) => id === request.params.id);
    if (!found) throw noSuch('balance transaction', request.params.id);
    return api.show(request, found);
  });
  app.post('/v1/payouts', (request, reply) =>
    api.post(request, reply, {
      read: (form) => ({
        kind: textAt(form, 'method') === 'instant' ? ('instant' as const) : ('manual' as const),
        amount: wholeNumber(textAt(form, 'amount') ?? '', 'amount'),
        currency: (textAt(form, 'currency') ?? '').toLowerCase(),
      }),
      run: (payout) => account.payouts.create(payout),
    }),
  );
  reads('/v1/payouts', 'payout', () => account.payouts.payouts.values(), ['status', 'currency']);
  app.get('/v1/events', async (request) => {
    const { types: _, ...query } = queryOf(request);
    const types = listAt(queryOf(request), 'types');
    const all = webhooks.allEvents().filter(({ type }) => types.length === 0 || types.includes(type));
    return api.show(request, listPage(all, query, { url: '/v1/events', kind: 'event', filters: ['type'] }));
  });
  app.get<ById>('/v1/events/:id', async (request) => {
    const found = webhooks.allEvents().find(({ id }) => id === request.params.id);
    if (!found) throw noSuch('event', request.params.id);
    return api.show(request, found);
  });
}
