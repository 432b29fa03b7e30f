import type { FastifyInstance } from 'fastify';
import { Fields } from '../fields.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { type Identity, issuer, userOf } from './identity.ts';
import { clientOf } from './token-routes.ts';

/** What the discovery document says, with this sandbox's own addresses. */
function discovery(origin: string): object {
  return {
    issuer,
    authorization_endpoint: `${origin}/connect/oauth2`,
    token_endpoint: `${origin}/oauth2/v1/tokens/bearer`,
    userinfo_endpoint: `${origin}/v1/openid_connect/userinfo`,
    revocation_endpoint: `${origin}/v2/oauth2/tokens/revoke`,
    jwks_uri: `${origin}/op/v1/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile', 'address', 'phone'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    claims_supported: ['aud', 'exp', 'iat', 'iss', 'realmid', 'sub'],
  };
}

/** Serves revocation, discovery, the signing keys and who the user is. */
export function registerDiscovery(
  app: FastifyInstance,
  authorizationServer: AuthorizationServer,
  identity: Identity,
): void {
  for (const path of ['/.well-known/openid_configuration', '/.well-known/openid_sandbox_configuration'])
    for (const ending of ['', '/'])
      app.get(`${path}${ending}`, async (request) => discovery(`${request.protocol}://${request.host}`));

  app.get('/op/v1/jwks', () => identity.jwks());

  app.post('/v2/oauth2/tokens/revoke', async (request, reply) => {
    const user = clientOf(request, authorizationServer);
    if (!user) return reply.code(401).send({ error: 'invalid_client' });
    const token = new Fields(request.body).optionalText('token');
    if (!token) return reply.code(400).send({ error: 'invalid_request' });
    if (!authorizationServer.revokeToken(user, token))
      return reply.code(400).send({ error: 'invalid_request' });
    return reply.code(200).send();
  });

  app.get('/v1/openid_connect/userinfo', async (request, reply) => {
    const bearer = /^bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const grant = authorizationServer.findGrant(bearer);
    if (!grant?.scopes.includes('openid')) return reply.code(401).send({ error: 'invalid_token' });
    const { sub, email, givenName, familyName } = userOf(grant.realmId);
    return {
      sub,
      ...(grant.scopes.includes('email') && { email, emailVerified: true }),
      ...(grant.scopes.includes('profile') && { givenName, familyName }),
    };
  });
}
