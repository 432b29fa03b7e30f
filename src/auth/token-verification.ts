import type { JwtFromRequestFunction, StrategyOptionsWithoutRequest } from 'passport-jwt';
import { TOKEN_AUDIENCE, TOKEN_ISSUER, type TokenKind } from './token-claims.js';

/**
 * How a token is verified: one algorithm, our issuer, the audience of its kind. Time is checked on our clock, with
 * the claims.
 */
export function verification(
  kind: TokenKind,
  secret: string,
  jwtFromRequest: JwtFromRequestFunction,
): StrategyOptionsWithoutRequest {
  return {
    jwtFromRequest,
    secretOrKey: secret,
    algorithms: ['HS256'],
    issuer: TOKEN_ISSUER,
    audience: TOKEN_AUDIENCE[kind],
    ignoreExpiration: true,
    jsonWebTokenOptions: { ignoreNotBefore: true },
  };
}
