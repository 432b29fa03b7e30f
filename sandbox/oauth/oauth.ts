import type { FastifyInstance } from 'fastify';
import { useControlManners } from '../manners.ts';
import type { World } from '../world.ts';
import { newTid } from './answer.ts';
import type { Authority } from './authority.ts';
import { registerConsent } from './consent-routes.ts';
import { Consents } from './consents.ts';
import { registerOauthControl } from './control-routes.ts';
import { registerDiscovery } from './discovery-routes.ts';
import { Faults } from './faults.ts';
import { Identity } from './identity.ts';
import { Ledger } from './ledger.ts';
import { registerTokens } from './token-routes.ts';

/** Serves Intuit's OAuth: consent, tokens, revocation, discovery, and the controls over them. Every answer carries `intuit_tid`. */
export function registerOauth(app: FastifyInstance, world: World, authority: Authority): void {
  const ledger = new Ledger();
  const faults = new Faults();
  const identity = new Identity();
  const consents = new Consents(world, authority);
  const desk = { world, authority, identity, ledger, faults };
  world.changes.on('reset', () => {
    authority.reset();
    ledger.reset();
    faults.clear();
  });
  app.addHook('onRequest', async (_request, reply) => {
    void reply.header('intuit_tid', newTid(world.clock.now().getTime()));
  });
  registerConsent(app, world, authority, consents);
  registerTokens(app, desk);
  registerDiscovery(app, authority, identity);
  void app.register(async (control) => {
    useControlManners(control);
    registerOauthControl(control, desk, consents);
  });
}
