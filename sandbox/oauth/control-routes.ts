import type { FastifyInstance } from 'fastify';
import { BadField, Fields } from '../fields.ts';
import { tokenResponse } from './token-response.ts';
import { validateAuthorization } from './authorization.ts';
import type { Consents } from './consents.ts';
import { faultKinds } from './faults.ts';
import type { Grant } from './grant.ts';
import type { OAuthContext } from './token-routes.ts';

const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

/** A grant without its secrets. */
function grantView(grant: Grant): object {
  return {
    client_id: grant.clientId,
    realm_id: grant.realmId,
    scopes: grant.scopes,
    granted_at: iso(grant.grantedAt),
    refresh_expires_at: iso(grant.refresh.expiresAt),
    hard_expires_at: iso(grant.hardExpiresAt),
    revoked_at: iso(grant.revokedAt),
  };
}

/** Serves `/sandbox/oauth/*`: what a test, or the user in QuickBooks, does to connections. */
export function registerOauthControl(
  app: FastifyInstance,
  { world, authorizationServer, callLog, faults }: OAuthContext,
  consents: Consents,
): void {
  const realmOf = (fields: Fields): string => {
    const realmId = fields.text('realm_id');
    if (!world.companies.has(realmId)) throw new BadField(`there is no company ${realmId}`);
    return realmId;
  };

  app.post('/sandbox/oauth/clients', async (request) => {
    const fields = new Fields(request.body);
    const uris = fields.raw('redirect_uris') ?? [];
    if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === 'string'))
      throw new BadField('redirect_uris must be a list of strings');
    const id = fields.text('client_id');
    const client = { id, secret: fields.text('client_secret'), name: fields.optionalText('name') ?? id };
    authorizationServer.clients.set(id, { ...client, redirectUris: uris });
    return { client_id: id, name: client.name, redirect_uris: uris };
  });

  app.post('/sandbox/oauth/grant', async (request) => {
    const fields = new Fields(request.body);
    const realmId = realmOf(fields);
    const clientId =
      fields.optionalText('client_id') ?? authorizationServer.clients.keys().next().value ?? '';
    if (!authorizationServer.clients.has(clientId)) throw new BadField(`there is no client ${clientId}`);
    const scopes = (fields.optionalText('scope') ?? 'com.intuit.quickbooks.accounting').split(/\s+/);
    const tokens = authorizationServer.grant(clientId, realmId, scopes);
    return { ...tokenResponse(tokens, true), realm_id: realmId };
  });

  /** The whole consent in one call: an authorize URL and a decision in, the callback URL out. */
  app.post('/sandbox/oauth/consent', async (request) => {
    const fields = new Fields(request.body);
    const url = fields.text('url');
    if (!URL.canParse(url)) throw new BadField('url must be an authorize URL');
    const verdict = validateAuthorization(
      Object.fromEntries(new URL(url).searchParams),
      authorizationServer.clients,
    );
    if (verdict.kind === 'redirect') return { location: verdict.location };
    if (verdict.kind === 'explain') throw new BadField(`${verdict.error}: ${verdict.description}`);
    const realmId = fields.optionalText('realm_id') ?? world.companies.keys().next().value ?? '';
    const decision = fields.optionalChoice('decision', ['approve', 'deny']) ?? 'approve';
    const location = consents.answer(verdict.request, decision, realmId);
    if (location === null) throw new BadField(`there is no company ${realmId}`);
    return { location };
  });

  app.get('/sandbox/oauth/grants', async () => ({ grants: authorizationServer.grants().map(grantView) }));

  app.post('/sandbox/oauth/revoke', async (request) => {
    const fields = new Fields(request.body);
    return { revoked: authorizationServer.disconnect(realmOf(fields), fields.optionalText('client_id')) };
  });
  app.post('/sandbox/oauth/expire-access', async (request) => ({
    expired: authorizationServer.expireAccess(realmOf(new Fields(request.body))),
  }));
  app.post('/sandbox/oauth/expire-refresh', async (request) => {
    const fields = new Fields(request.body);
    const realms = fields.has('realm_id') ? [realmOf(fields)] : [...world.companies.keys()];
    return { expired: realms.reduce((sum, realmId) => sum + authorizationServer.expireRefresh(realmId), 0) };
  });

  app.get('/sandbox/oauth/calls', async () => callLog.summary());

  const planned = (): object => ({
    faults: faults.list().map(({ kind, when, times, delayMs }) => ({ kind, when, times, delay_ms: delayMs })),
  });
  app.get('/sandbox/oauth/faults', async () => planned());
  app.post('/sandbox/oauth/faults', async (request) => {
    const fields = new Fields(request.body);
    const kind = fields.choice('kind', faultKinds);
    faults.plan({
      kind,
      when: fields.optionalChoice('when', ['before', 'after']) ?? 'before',
      times: fields.optionalNumber('times', 1) ?? 1,
      delayMs: fields.optionalNumber('delay_ms') ?? (kind === 'timeout' ? 60_000 : 1000),
    });
    return planned();
  });
  app.delete('/sandbox/oauth/faults', async () => {
    faults.clear();
    return planned();
  });
}
