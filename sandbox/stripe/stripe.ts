import type { FastifyInstance, FastifyRequest } from 'fastify';
import { useJsonControlScope } from '../control/json-scope.ts';
import type { World } from '../world.ts';
import { registerStripeApi } from './api-routes.ts';
import { registerBalanceControl } from './control-balance.ts';
import { registerStripeControl } from './control-routes.ts';
import { Merchants } from './merchants.ts';
import { registerCheckoutPage } from './checkout-page.ts';
import { StripeError } from './stripe-error.ts';
import { StripeWebhookSender, defaultStripeWebhookSettings } from './webhook-sender.ts';

/** How often sessions are compared with the sandbox clock, which may jump. */
const lookForExpiryMs = 250;

export interface StripeOptions {
  webhookUrl?: string;
  webhookSecret?: string;
}

/** Stripe takes forms, and says so to who sends JSON. */
function refuseOtherThanForms(scope: FastifyInstance): void {
  scope.addContentTypeParser('*', { parseAs: 'string' }, async (_request: FastifyRequest, body: string) => {
    if (body === '') return body;
    throw new StripeError(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any ' +
        'questions, we can help at https://support.stripe.com/.',
    );
  });
}

/** Serves a pretended Stripe account and those connected to it: API, hosted page, webhooks, controls. */
export async function registerStripe(
  app: FastifyInstance,
  world: World,
  options: StripeOptions = {},
): Promise<{ merchants: Merchants; webhooks: StripeWebhookSender }> {
  const settings = { ...defaultStripeWebhookSettings(), ...options };
  const webhooks = new StripeWebhookSender(world, settings);
  const merchants = new Merchants(world, webhooks);
  world.changes.on('reset', () => {
    merchants.reset();
    webhooks.reset(settings);
  });
  const expiry = setInterval(() => merchants.expireDue(), lookForExpiryMs).unref();
  app.addHook('onClose', async () => {
    clearInterval(expiry);
    webhooks.close();
  });

  const asText = (scope: FastifyInstance): void => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, body),
    );
  };
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    asText(scope);
    refuseOtherThanForms(scope);
    registerStripeApi(scope, merchants, webhooks);
  });
  await app.register(async (scope) => {
    asText(scope);
    registerCheckoutPage(scope, merchants);
  });
  await app.register(async (scope) => {
    useJsonControlScope(scope);
    registerStripeControl(scope, merchants, webhooks);
    registerBalanceControl(scope, merchants);
  });
  return { merchants, webhooks };
}
