import { createSecretKey } from 'node:crypto';
import type { JwtFromRequestFunction, StrategyOptionsWithoutRequest } from 'passport-jwt';
import { TOKEN_AUDIENCE, TOKEN_ISSUER, type TokenKind } from './token-claims.js';

/**
 * How a token is verified: one algorithm, our issuer, the audience of its kind. Time is checked on our clock, with
 * the claims. The key is made once: of a text the library makes one for each token, after trying it as a public key.
 */
export function verification(
  kind: TokenKind,
  secret: string,
  jwtFromRequest: JwtFromRequestFunction,
): StrategyOptionsWithoutRequest {
  const key = createSecretKey(Buffer.from(secret)) as unknown as Buffer; // the library takes what its types leave out
  return {
    jwtFromRequest,
    secretOrKey: key,
    algorithms: ['HS256'],
    issuer: TOKEN_ISSUER,
    audience: TOKEN_AUDIENCE[kind],
    ignoreExpiration: true,
    jsonWebTokenOptions: { ignoreNotBefore: true },
  };
}
