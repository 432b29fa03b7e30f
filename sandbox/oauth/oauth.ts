import type { FastifyInstance } from 'fastify';
import { useJsonControlScope } from '../control/json-scope.ts';
import type { World } from '../world.ts';
import { newIntuitTid } from './token-response.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { registerConsent } from './consent-routes.ts';
import { Consents } from './consents.ts';
import { registerOauthControl } from './control-routes.ts';
import { registerDiscovery } from './discovery-routes.ts';
import { Faults } from './faults.ts';
import { Identity } from './identity.ts';
import { TokenCallLog } from './token-call-log.ts';
import { registerTokens } from './token-routes.ts';

/**
 * Serves Intuit's OAuth: consent, tokens, revocation, discovery and the control routes. Every answer carries
 * `intuit_tid`.
 */
export function registerOauth(
  app: FastifyInstance,
  world: World,
  authorizationServer: AuthorizationServer,
): void {
  const callLog = new TokenCallLog();
  const faults = new Faults();
  const identity = new Identity();
  const consents = new Consents(world, authorizationServer);
  const context = { world, authorizationServer, identity, callLog, faults };
  world.changes.on('reset', () => {
    authorizationServer.reset();
    callLog.reset();
    faults.clear();
  });
  app.addHook('onRequest', async (_request, reply) => {
    void reply.header('intuit_tid', newIntuitTid(world.clock.now().getTime()));
  });
  registerConsent(app, world, authorizationServer, consents);
  registerTokens(app, context);
  registerDiscovery(app, authorizationServer, identity);
  void app.register(async (control) => {
    useJsonControlScope(control);
    registerOauthControl(control, context, consents);
  });
}
