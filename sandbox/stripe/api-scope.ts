import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { useStripeFaults } from './api-faults.ts';
import { inVersion, isApiVersion } from './api-version.ts';
import { type Expansion, expanded } from './expand.ts';
import { type Form, formOf } from './form.ts';
import { expandPathsOf } from './lists.ts';
import { productOf } from './line-items.ts';
import { newId } from './objects.ts';
import { partWhenExpanded } from './parts-when-expanded.ts';
import { parametersOf } from './idempotency.ts';
import type { Merchant, Merchants } from './merchants.ts';
import { StripeError } from './stripe-error.ts';
import type { StripeWebhookSender } from './webhook-sender.ts';

/** The secret key of a call, from a bearer header or as the user name of Basic auth. */
function secretOf(authorization: string | undefined): string | null {
  const bearer = /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^basic\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  return basic === undefined ? null : (Buffer.from(basic, 'base64').toString('utf8').split(':')[0] ?? null);
}

function checkKey(authorization: string | undefined): void {
  const key = secretOf(authorization);
  if (key === null)
    throw new StripeError(
      'You did not provide an API key. You need to provide your API key in the Authorization header, ' +
        'using Bearer auth (e.g. ’Authorization: Bearer YOUR_SECRET_KEY’).',
      { status: 401 },
    );
  if (!/^(sk|rk)_test_\w+$/.test(key))
    throw new StripeError(`Invalid API Key provided: ${key.slice(0, 8)}****`, { status: 401 });
}

/** The API version a call names by `Stripe-Version`, else the account's. */
function versionOf(named: string | string[] | undefined, accounts: string): string {
  const version = Array.isArray(named) ? named[0] : named;
  if (version === undefined || version === '') return accounts;
  if (!isApiVersion(version)) throw new StripeError(`Invalid Stripe API version: ${version}`);
  return version;
}

/** The query of a GET, unfolded like a form. */
export function queryOf(request: FastifyRequest): Form {
  return formOf(request.url.split('?')[1] ?? '');
}

/**
 * A POST in two steps: what is wrong with its form is not remembered under its idempotency key, its outcome
 * is.
 */
export type Post<Parameters> = {
  read: (form: Form) => Parameters;
  run: (parameters: Parameters) => object;
};

export interface StripeApi {
  /** The account a request is about: the one that `Stripe-Account` names, or the platform's own. */
  merchantOf(request: FastifyRequest): Merchant;
  /** The API version a request is answered in. */
  versionOf(request: FastifyRequest): string;
  /** The object as it is answered: in the version asked for, `expand[]` of the query followed. */
  show(request: FastifyRequest, object: object): object;
  /** Runs a POST once per idempotency key; a repeat gets the first response and `idempotent-replayed: true`. */
  post<Parameters>(
    request: FastifyRequest,
    reply: FastifyReply,
    steps: Post<Parameters>,
  ): Promise<FastifyReply>;
}

/** The idempotency key of a POST. */
function keyOf({ method, headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  return method === 'POST' && typeof key === 'string' ? key : undefined;
}

/**
 * Refuses a call under the key of one that is under way, until its answer is on its way or nobody waits for it. What
 * delays answers is to be set up in between: `setUp`.
 */
function useOneCallAKey(
  app: FastifyInstance,
  merchantOf: (request: FastifyRequest) => Merchant,
  setUp: () => void,
): void {
  const ends = new WeakMap<FastifyRequest, () => void>();
  app.addHook('preHandler', async (request, reply) => {
    const key = keyOf(request);
    if (key === undefined) return;
    const { idempotency } = merchantOf(request);
    idempotency.begin(key);
    const end = (): void => {
      if (ends.delete(request)) idempotency.end(key);
    };
    ends.set(request, end);
    reply.raw.once('close', end);
  });
  setUp();
  app.addHook('onSend', async (request, _reply, payload) => {
    ends.get(request)?.();
    return payload;
  });
}

/**
 * Sets a scope up as Stripe's API: keys, `request-id`, errors in Stripe's shape, also for routes that do not
 * exist, and idempotency keys.
 */
export function useStripeApi(
  app: FastifyInstance,
  merchants: Merchants,
  webhooks: StripeWebhookSender,
): StripeApi {
  const apiVersion = (): string => webhooks.settings.apiVersion;
  const merchantOf = (request: FastifyRequest): Merchant => {
    const named = request.headers['stripe-account'];
    return merchants.named(Array.isArray(named) ? named[0] : named);
  };

  app.addHook('onRequest', async (request, reply) => {
    void reply.header('request-id', newId('req', 14)).header('stripe-version', apiVersion());
    checkKey(request.headers.authorization);
    void reply.header('stripe-version', answeredVersion(request));
    merchantOf(request);
  });
  useOneCallAKey(app, merchantOf, () =>
    useStripeFaults(app, merchants.platform.account.faults, (request, reply, outcome) => {
      const key = keyOf(request);
      const requestId = String(reply.getHeader('request-id'));
      if (key !== undefined) merchantOf(request).idempotency.fail(key, requestId, outcome);
    }),
  );
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof StripeError) return reply.code(error.status).send(error.toBody());
    const status = error.statusCode ?? 500;
    if (status >= 500) process.emitWarning(error);
    return reply.code(status).send({ error: { message: error.message, type: 'api_error' } });
  });
  app.all('/v1/*', async (request) => {
    throw new StripeError(
      `Unrecognized request URL (${request.method}: ${request.url.split('?')[0]}). Please see ` +
        'https://stripe.com/docs or we can help at https://support.stripe.com/.',
      { status: 404 },
    );
  });

  const answeredVersion = (request: FastifyRequest): string =>
    versionOf(request.headers['stripe-version'], apiVersion());
  const show = (request: FastifyRequest, object: object, form: Form): object => {
    const { account } = merchantOf(request);
    const expansion: Expansion = {
      byId: (id) => productOf(account, id) ?? account.byId(id),
      partOf: (whole, name) => partWhenExpanded(account, whole, name),
    };
    return inVersion(expanded(object, expandPathsOf(form), expansion), answeredVersion(request));
  };

  return {
    merchantOf,
    versionOf: answeredVersion,
    show: (request, object) => show(request, object, queryOf(request)),
    async post(request, reply, { read, run }) {
      const encoded = typeof request.body === 'string' ? request.body : '';
      const form = formOf(encoded);
      const key = keyOf(request);
      const requestId = String(reply.getHeader('request-id'));
      const asked = { id: requestId, idempotency_key: key ?? null };
      const readAll = (): (() => object) => {
        const parameters = read(form);
        return () =>
          show(
            request,
            webhooks.during(asked, () => run(parameters)),
            form,
          );
      };
      if (key === undefined) return reply.send(readAll()());
      const { account, idempotency } = merchantOf(request);
      const [path, now, sent] = [request.url, account.now() * 1000, parametersOf(encoded)];
      const stored = idempotency.replayOf(key, path, sent, now);
      void reply.header('idempotency-key', key).header('original-request', stored?.requestId ?? requestId);
      if (stored) return reply.header('idempotent-replayed', 'true').code(stored.status).send(stored.body);
      const { status, body } = outcomeOf(readAll());
      idempotency.store(key, { path, parameters: sent, status, body, requestId, storedAt: now });
      return reply.code(status).send(body);
    },
  };
}

function outcomeOf(run: () => object): { status: number; body: object } {
  try {
    return { status: 200, body: structuredClone(run()) };
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    return { status: error.status, body: error.toBody() };
  }
}
