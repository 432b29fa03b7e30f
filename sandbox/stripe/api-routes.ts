import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Form, formOf, listAt, textAt, textsAt } from './form.ts';
import { Idempotency } from './idempotency.ts';
import type { RefundsAndDisputes } from './refunds-and-disputes.ts';
import { newId } from './objects.ts';
import { checkoutParamsOf } from './checkout-params.ts';
import { StripeError, noSuch } from './stripe-error.ts';
import type { StripeAccount } from './stripe-account.ts';

interface ById {
  Params: { id: string };
}

/** The secret key of a call, from a bearer header or as the user name of Basic auth. */
function keyOf(authorization: string | undefined): string | null {
  const bearer = /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^basic\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  return basic === undefined ? null : (Buffer.from(basic, 'base64').toString('utf8').split(':')[0] ?? null);
}

function checkKey(authorization: string | undefined): void {
  const key = keyOf(authorization);
  if (key === null)
    throw new StripeError(
      'You did not provide an API key. You need to provide your API key in the Authorization header, ' +
        'using Bearer auth (e.g. ’Authorization: Bearer YOUR_SECRET_KEY’).',
      { status: 401 },
    );
  if (!/^(sk|rk)_test_\w+$/.test(key))
    throw new StripeError(`Invalid API Key provided: ${key.slice(0, 8)}****`, { status: 401 });
}

function amountAt(form: Form): number | undefined {
  const text = textAt(form, 'amount');
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text))
    throw new StripeError(`Invalid integer: ${text}`, { code: 'parameter_invalid_integer', param: 'amount' });
  return Number(text);
}

/** Serves the part of Stripe's API that a one-off Checkout payment needs. */
export function registerStripeApi(
  app: FastifyInstance,
  account: StripeAccount,
  refundsAndDisputes: RefundsAndDisputes,
): void {
  const idempotency = new Idempotency();

  app.addHook('onRequest', async (request, reply) => {
    void reply.header('request-id', newId('req', 14)).header('stripe-version', '2025-09-30.clover');
    checkKey(request.headers.authorization);
  });
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) =>
    error instanceof StripeError
      ? reply.code(error.status).send(error.toBody())
      : reply.code(error.statusCode ?? 500).send({ error: { message: error.message, type: 'api_error' } }),
  );

  /**
   * Does the work once per idempotency key; a repeat gets the first answer and `idempotent-replayed: true`.
   */
  const once = async (
    request: FastifyRequest,
    reply: FastifyReply,
    work: (form: Form) => object,
  ): Promise<FastifyReply> => {
    const encoded = typeof request.body === 'string' ? request.body : '';
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') return reply.send(work(formOf(encoded)));
    const [path, now, requestId] = [request.url, account.now() * 1000, String(reply.getHeader('request-id'))];
    const stored = idempotency.replayOf(key, path, encoded, now);
    void reply.header('idempotency-key', key).header('original-request', stored?.requestId ?? requestId);
    if (stored) return reply.header('idempotent-replayed', 'true').code(stored.status).send(stored.body);
    const body = structuredClone(work(formOf(encoded)));
    idempotency.store(key, { path, parameters: encoded, status: 200, body, requestId, storedAt: now });
    return reply.send(body);
  };

  /** Replaces the ids named by `expand[]` with what they stand for. */
  const expanded = (object: object, query: unknown): object => {
    const asked = formOf(new URLSearchParams(Object.entries(Object(query))).toString());
    const copy: Record<string, unknown> = { ...object };
    for (const name of listAt(asked, 'expand').filter((item) => typeof item === 'string')) {
      const id = copy[name];
      if (typeof id === 'string') copy[name] = account.intents.get(id) ?? account.charges.get(id) ?? id;
    }
    return copy;
  };

  app.post('/v1/checkout/sessions', (request, reply) =>
    once(request, reply, (form) =>
      account.createSession(
        checkoutParamsOf(form, account.now()),
        (id) => `${request.protocol}://${request.host}/stripe/pay/${id}`,
      ),
    ),
  );
  app.get<ById>('/v1/checkout/sessions/:id', async ({ params, query }) =>
    expanded(account.session(params.id), query),
  );
  app.post<ById>('/v1/checkout/sessions/:id/expire', (request, reply) =>
    once(request, reply, () => account.expire(request.params.id)),
  );

  app.get<ById>('/v1/payment_intents/:id', async ({ params, query }) => {
    const intent = account.intents.get(params.id);
    if (!intent) throw noSuch('payment_intent', params.id, 'intent');
    return expanded(intent, query);
  });
  app.get<ById>('/v1/charges/:id', async ({ params }) => {
    const charge = account.charges.get(params.id);
    if (!charge) throw noSuch('charge', params.id);
    return charge;
  });

  app.post('/v1/refunds', (request, reply) =>
    once(request, reply, (form) =>
      refundsAndDisputes.refund(
        { charge: textAt(form, 'charge'), paymentIntent: textAt(form, 'payment_intent') },
        amountAt(form),
        textAt(form, 'reason') ?? null,
        textsAt(form, 'metadata'),
      ),
    ),
  );
  app.get<ById>('/v1/refunds/:id', async ({ params }) => {
    const refund = account.refunds.get(params.id);
    if (!refund) throw noSuch('refund', params.id);
    return refund;
  });
}
