import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fields } from '../fields.ts';
import type { World } from '../world.ts';
import { type TokenResponse, type TokenError, errorResponse, tokenResponse } from './token-response.ts';
import type { AuthorizationServer, Refusal, Tokens } from './authorization-server.ts';
import { type Client, authenticate, credentialsOf } from './client.ts';
import { type Faults, sendFault, delayIfSlow } from './faults.ts';
import type { Identity } from './identity.ts';
import type { TokenCallLog, TokenCall } from './token-call-log.ts';

export interface OAuthContext {
  world: World;
  authorizationServer: AuthorizationServer;
  identity: Identity;
  callLog: TokenCallLog;
  faults: Faults;
}

interface Outcome {
  status: number;
  body: TokenResponse | TokenError;
  realmId: string | null;
}

const fail = (status: number, error: TokenError['error']): Outcome => ({
  status,
  body: { error },
  realmId: null,
});

/** The client a token or revoke call comes from, or null when it cannot prove who it is. */
export function clientOf(request: FastifyRequest, authorizationServer: AuthorizationServer): Client | null {
  const form = new Fields(request.body);
  const credentials = credentialsOf(request.headers.authorization, {
    id: form.optionalText('client_id'),
    secret: form.optionalText('client_secret'),
  });
  return authenticate(authorizationServer.clients, credentials);
}

/**
 * Serves the token endpoint: code exchange and refresh, with the planned faults, every call in the callLog.
 */
export function registerTokens(app: FastifyInstance, context: OAuthContext): void {
  const { world, callLog, faults } = context;

  app.post('/oauth2/v1/tokens/bearer', async (request, reply): Promise<FastifyReply | void> => {
    const grantType = new Fields(request.body).optionalText('grant_type') ?? 'none';
    const endRefresh = grantType === 'refresh_token' ? callLog.startRefresh() : () => undefined;
    const record = (call: Pick<TokenCall, 'outcome' | 'clientId' | 'realmId'>): void =>
      callLog.record({ at: world.clock.now(), grantType, ...call });
    try {
      const fault = faults.take();
      if (fault?.when === 'before') await delayIfSlow(fault);
      if (fault?.when === 'before' && fault.kind !== 'slow') {
        record({ outcome: `fault ${fault.kind} before`, clientId: null, realmId: null });
        await sendFault(fault, reply);
        return;
      }
      const user = clientOf(request, context.authorizationServer);
      const outcome = user ? await answer(context, user, grantType, request) : fail(401, 'invalid_client');
      const verdict = 'error' in outcome.body ? outcome.body.error : 'ok';
      const isLost = fault?.when === 'after' && fault.kind !== 'slow';
      record({
        outcome: isLost ? `${verdict}, then fault ${fault.kind}` : verdict,
        clientId: user?.id ?? null,
        realmId: outcome.realmId,
      });
      if (fault?.when === 'after') await delayIfSlow(fault);
      if (isLost) {
        await sendFault(fault, reply);
        return;
      }
      return reply.code(outcome.status).header('cache-control', 'no-store').send(outcome.body);
    } finally {
      endRefresh();
    }
  });
}

async function answer(
  context: OAuthContext,
  user: Client,
  grantType: string,
  request: FastifyRequest,
): Promise<Outcome> {
  const form = new Fields(request.body);
  if (grantType === 'authorization_code') {
    const [code, redirectUri] = [form.optionalText('code'), form.optionalText('redirect_uri')];
    if (!code || !redirectUri) return fail(400, 'invalid_request');
    return outcomeOf(context, context.authorizationServer.exchange(user, code, redirectUri), request);
  }
  if (grantType === 'refresh_token') {
    const value = form.optionalText('refresh_token');
    if (!value) return fail(400, 'invalid_request');
    const result = context.authorizationServer.refresh(user, value);
    if (result === 'stale refresh token') context.callLog.countStaleRefresh();
    return outcomeOf(context, result, request);
  }
  return fail(400, grantType === 'none' ? 'invalid_request' : 'unsupported_grant_type');
}

async function outcomeOf(
  { identity }: OAuthContext,
  result: Tokens | Refusal,
  request: FastifyRequest,
): Promise<Outcome> {
  if (typeof result === 'string') return { status: 400, body: errorResponse(result), realmId: null };
  const wantsHardExpiry = request.headers['x-include-refresh-token-hard-expires-in'] === 'true';
  const body = tokenResponse(result, wantsHardExpiry);
  if (result.grant.scopes.includes('openid'))
    body.id_token = await identity.idToken(result.grant, result.issuedAt);
  return { status: 200, body, realmId: result.grant.realmId };
}
