import { randomBytes } from 'node:crypto';
import { secondsUntil } from './grant.ts';
import type { Refusal, Tokens } from './authorization-server.ts';

/** The JSON of a token call that worked, field by field as Intuit writes it. */
export interface TokenResponse {
  token_type: 'bearer';
  access_token: string;
  expires_in: number;
  refresh_token: string;
  x_refresh_token_expires_in: number;
  x_refresh_token_hard_expires_in?: number;
  id_token?: string;
}

/** `withHardExpiry` is the caller's `x-include-refresh-token-hard-expires-in: true`. */
export function tokenResponse(tokens: Tokens, withHardExpiry = false): TokenResponse {
  const now = tokens.issuedAt;
  return {
    x_refresh_token_expires_in: secondsUntil(tokens.refresh.expiresAt, now),
    ...(withHardExpiry && {
      x_refresh_token_hard_expires_in: secondsUntil(tokens.grant.hardExpiresAt, now),
    }),
    refresh_token: tokens.refresh.value,
    access_token: tokens.accessToken,
    token_type: 'bearer',
    expires_in: secondsUntil(tokens.accessExpiresAt, now),
  };
}

export interface TokenError {
  error: 'invalid_grant' | 'invalid_client' | 'invalid_request' | 'unsupported_grant_type';
  error_description?: string;
}

/**
 * What Intuit says when it gives no tokens: a bare `invalid_grant` for a code, one with a description for a
 * refresh token.
 */
export function errorResponse(refusal: Refusal): TokenError {
  return refusal === 'bad code'
    ? { error: 'invalid_grant' }
    : { error: 'invalid_grant', error_description: 'Incorrect or invalid refresh token' };
}

/** A transaction id in the form of `intuit_tid`: `1-6556a7f6-0aa48b9d4f9c1e5c2d7a9b11`. */
export function newIntuitTid(now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return `1-${seconds.padStart(8, '0')}-${randomBytes(12).toString('hex')}`;
}
