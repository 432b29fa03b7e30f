import type { FastifyInstance, FastifyReply } from 'fastify';
import { Fields } from '../fields.ts';
import { sendPage } from '../pages/layout.ts';
import type { World } from '../world.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { validateAuthorization } from './authorization.ts';
import { consentPage, refusedPage } from './consent-page.ts';
import type { Consents } from './consents.ts';

/** Serves the page on which a user lets an app into a company. Expects form bodies to be parsed. */
export function registerConsent(
  app: FastifyInstance,
  world: World,
  authorizationServer: AuthorizationServer,
  consents: Consents,
): void {
  const ask = async (query: Record<string, unknown>, reply: FastifyReply): Promise<FastifyReply> => {
    const verdict = validateAuthorization(query, authorizationServer.clients);
    if (verdict.kind === 'redirect') return reply.redirect(verdict.location, 302);
    if (verdict.kind === 'explain') return explain(reply, verdict.error, verdict.description);
    const { request } = verdict;
    return sendPage(reply, {
      title: `Connect ${request.client.name}`,
      body: consentPage(request, [...world.companies.values()], consents.show(request)),
      narrow: true,
    });
  };

  for (const path of ['/connect/oauth2', '/app/connect/oauth2/request'])
    app.get<{ Querystring: Record<string, unknown> }>(path, (request, reply) => ask(request.query, reply));

  app.post('/connect/oauth2', async (request, reply) => {
    const form = new Fields(request.body);
    const decision = form.choice('decision', ['approve', 'deny']);
    const pending = consents.take(form.text('csrf_token'));
    if (!pending)
      return explain(
        reply,
        'invalid_request',
        'This page was already answered or is too old. Start again from the app.',
      );
    const location = consents.answer(pending, decision, form.optionalText('realm_id') ?? '');
    if (location === null) return explain(reply, 'invalid_request', 'There is no such company here.');
    return reply.redirect(location, 302);
  });
}

function explain(reply: FastifyReply, error: string, description: string): FastifyReply {
  return sendPage(reply.code(400), {
    title: 'This app didn’t connect',
    body: refusedPage(error, description),
    narrow: true,
  });
}
