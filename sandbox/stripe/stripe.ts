import type { FastifyInstance } from 'fastify';
import { useControlManners } from '../manners.ts';
import type { World } from '../world.ts';
import { registerStripeApi } from './api-routes.ts';
import { registerStripeControl } from './control-routes.ts';
import { MoneyBack } from './money-back.ts';
import { registerPayPage } from './pay-page.ts';
import { Postman, defaultPostSettings } from './postman.ts';
import { Till } from './till.ts';

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
): Promise<void> {
  const settings = { ...defaultPostSettings(), ...options };
  const postman = new Postman(world, settings);
  const till = new Till(world, postman.announce);
  const moneyBack = new MoneyBack(till, postman.announce);
  world.changes.on('reset', () => {
    till.reset();
    postman.reset(settings);
  });
  const expiry = setInterval(() => till.expireDue(), lookForExpiryMs).unref();
  app.addHook('onClose', async () => {
    clearInterval(expiry);
    postman.close();
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
    registerStripeApi(scope, till, moneyBack);
  });
  await app.register(async (scope) => {
    asText(scope);
    registerPayPage(scope, till);
  });
  await app.register(async (scope) => {
    useControlManners(scope);
    registerStripeControl(scope, till, moneyBack, postman);
  });
}
