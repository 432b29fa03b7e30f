import type { FastifyInstance } from 'fastify';
import { useJsonControlScope } from '../control/json-scope.ts';
import type { World } from '../world.ts';
import { registerStripeApi } from './api-routes.ts';
import { registerBalanceControl } from './control-balance.ts';
import { registerStripeControl } from './control-routes.ts';
import { Disputes } from './disputes.ts';
import { Refunds } from './refunds.ts';
import { registerCheckoutPage } from './checkout-page.ts';
import { StripeWebhookSender, defaultStripeWebhookSettings } from './webhook-sender.ts';
import { StripeAccount } from './stripe-account.ts';

/** How often sessions are compared with the sandbox clock, which may jump. */
const lookForExpiryMs = 250;

export interface StripeOptions {
  webhookUrl?: string;
  webhookSecret?: string;
}

/** Serves a pretended Stripe account: API, hosted page, webhooks, controls. */
export async function registerStripe(
  app: FastifyInstance,
  world: World,
  options: StripeOptions = {},
): Promise<{ account: StripeAccount; webhooks: StripeWebhookSender }> {
  const settings = { ...defaultStripeWebhookSettings(), ...options };
  const webhooks = new StripeWebhookSender(world, settings);
  const account = new StripeAccount(world, webhooks.emit);
  const refunds = new Refunds(account, webhooks.emit);
  const disputes = new Disputes(account, webhooks.emit);
  const parts = { account, refunds, disputes, webhooks };
  world.changes.on('reset', () => {
    account.reset();
    webhooks.reset(settings);
  });
  const expiry = setInterval(() => account.expireDue(), lookForExpiryMs).unref();
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
    asText(scope);
    registerStripeApi(scope, parts);
  });
  await app.register(async (scope) => {
    asText(scope);
    registerCheckoutPage(scope, account);
  });
  await app.register(async (scope) => {
    useJsonControlScope(scope);
    registerStripeControl(scope, parts);
    registerBalanceControl(scope, account);
  });
  return { account, webhooks };
}
