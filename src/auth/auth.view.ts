import type { IssuedTokens } from './sessions/session-tokens.service.js';
import type { TokensView } from './auth.dto.js';

/** Shows tokens to the one who signed in. */
export function tokensView(tokens: IssuedTokens): TokensView {
  return {
    access_token: tokens.accessToken,
    token_type: 'bearer',
    expires_in: tokens.expiresInSeconds,
    refresh_token: tokens.refreshToken,
  };
}
