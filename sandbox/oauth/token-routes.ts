import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fields } from '../fields.ts';
import type { World } from '../world.ts';
import { type TokenAnswer, type TokenError, refusalAnswer, tokenAnswer } from './answer.ts';
import type { Authority, Refusal, Tokens } from './authority.ts';
import { type Client, authenticate, credentialsOf } from './client.ts';
import { type Faults, playFault, slowDown } from './faults.ts';
import type { Identity } from './identity.ts';
import type { Ledger, TokenCall } from './ledger.ts';

export interface TokenDesk {
  world: World;
  authority: Authority;
  identity: Identity;
  ledger: Ledger;
  faults: Faults;
}

interface Outcome {
  status: number;
  body: TokenAnswer | TokenError;
  realmId: string | null;
}

const fail = (status: number, error: TokenError['error']): Outcome => ({
  status,
  body: { error },
  realmId: null,
});

/** The client a token or revoke call comes from, or null when it cannot prove who it is. */
export function callerOf(request: FastifyRequest, authority: Authority): Client | null {
  const form = new Fields(request.body);
  const credentials = credentialsOf(request.headers.authorization, {
    id: form.optionalText('client_id'),
    secret: form.optionalText('client_secret'),
  });
  return authenticate(authority.clients, credentials);
}

/** Serves the token endpoint: code exchange and refresh, with the planned faults, every call in the ledger. */
export function registerTokens(app: FastifyInstance, desk: TokenDesk): void {
  const { world, ledger, faults } = desk;

  app.post('/oauth2/v1/tokens/bearer', async (request, reply): Promise<FastifyReply | void> => {
    const grantType = new Fields(request.body).optionalText('grant_type') ?? 'none';
    const endRefresh = grantType === 'refresh_token' ? ledger.startRefresh() : () => undefined;
    const record = (call: Pick<TokenCall, 'outcome' | 'clientId' | 'realmId'>): void =>
      ledger.record({ at: world.clock.now(), grantType, ...call });
    try {
      const fault = faults.take();
      if (fault?.when === 'before') await slowDown(fault);
      if (fault?.when === 'before' && fault.kind !== 'slow') {
        record({ outcome: `fault ${fault.kind} before`, clientId: null, realmId: null });
        await playFault(fault, reply);
        return;
      }
      const caller = callerOf(request, desk.authority);
      const outcome = caller ? await answer(desk, caller, grantType, request) : fail(401, 'invalid_client');
      const verdict = 'error' in outcome.body ? outcome.body.error : 'ok';
      const isLost = fault?.when === 'after' && fault.kind !== 'slow';
      record({
        outcome: isLost ? `${verdict}, then fault ${fault.kind}` : verdict,
        clientId: caller?.id ?? null,
        realmId: outcome.realmId,
      });
      if (fault?.when === 'after') await slowDown(fault);
      if (isLost) {
        await playFault(fault, reply);
        return;
      }
      return reply.code(outcome.status).header('cache-control', 'no-store').send(outcome.body);
    } finally {
      endRefresh();
    }
  });
}

async function answer(
  desk: TokenDesk,
  caller: Client,
  grantType: string,
  request: FastifyRequest,
): Promise<Outcome> {
  const form = new Fields(request.body);
  if (grantType === 'authorization_code') {
    const [code, redirectUri] = [form.optionalText('code'), form.optionalText('redirect_uri')];
    if (!code || !redirectUri) return fail(400, 'invalid_request');
    return outcomeOf(desk, desk.authority.exchange(caller, code, redirectUri), request);
  }
  if (grantType === 'refresh_token') {
    const value = form.optionalText('refresh_token');
    if (!value) return fail(400, 'invalid_request');
    const result = desk.authority.refresh(caller, value);
    if (result === 'stale refresh token') desk.ledger.countStaleRefresh();
    return outcomeOf(desk, result, request);
  }
  return fail(400, grantType === 'none' ? 'invalid_request' : 'unsupported_grant_type');
}

async function outcomeOf(
  { identity }: TokenDesk,
  result: Tokens | Refusal,
  request: FastifyRequest,
): Promise<Outcome> {
  if (typeof result === 'string') return { status: 400, body: refusalAnswer(result), realmId: null };
  const wantsHardExpiry = request.headers['x-include-refresh-token-hard-expires-in'] === 'true';
  const body = tokenAnswer(result, wantsHardExpiry);
  if (result.grant.scopes.includes('openid'))
    body.id_token = await identity.idToken(result.grant, result.issuedAt);
  return { status: 200, body, realmId: result.grant.realmId };
}
