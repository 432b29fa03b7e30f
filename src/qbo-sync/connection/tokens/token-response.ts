import { jsonOf } from '../../api/errors/fault.js';

/** A fresh pair of tokens and how long each lives, in seconds from the answer. */
export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  accessSeconds: number;
  refreshSeconds: number | null;
  /** Until the end that no refresh moves. */
  refreshHardSeconds: number | null;
}

/**
 * What the token endpoint said. `invalid_grant`: this code or token is spent for good. `refused`: our client id, secret
 * or request is wrong, the tokens are not. `unavailable`: no verdict; try again later.
 */
export type TokenResponse =
  | { kind: 'pair'; pair: TokenPair }
  | { kind: 'invalid_grant' }
  | { kind: 'refused'; error: string }
  | { kind: 'unavailable'; why: string };

const TOKEN_LENGTH_MAX = 8192;
const ERRORS = new Set([
  'invalid_client',
  'invalid_request',
  'unauthorized_client',
  'unsupported_grant_type',
]);

/** Reads an answer of the token endpoint. Only a 4xx with OAuth's own error counts as a refusal. */
export function tokenResponse(status: number, text: string): TokenResponse {
  const body = jsonOf(text);
  if (status === 200) {
    const pair = body && pairOf(body);
    return pair ? { kind: 'pair', pair } : { kind: 'unavailable', why: 'HTTP 200 without tokens' };
  }
  const error = typeof body?.error === 'string' ? body.error : undefined;
  if (status >= 400 && status < 500 && error === 'invalid_grant') return { kind: 'invalid_grant' };
  if (status >= 400 && status < 500 && error && ERRORS.has(error)) return { kind: 'refused', error };
  return { kind: 'unavailable', why: `HTTP ${status}` };
}

function pairOf(body: Record<string, unknown>): TokenPair | undefined {
  const accessToken = tokenOf(body.access_token);
  const refreshToken = tokenOf(body.refresh_token);
  const accessSeconds = secondsOf(body.expires_in);
  if (accessToken === undefined || refreshToken === undefined || accessSeconds === null) return undefined;
  return {
    accessToken,
    refreshToken,
    accessSeconds,
    refreshSeconds: secondsOf(body.x_refresh_token_expires_in),
    refreshHardSeconds: secondsOf(body.x_refresh_token_hard_expires_in),
  };
}

function tokenOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) && value.length <= TOKEN_LENGTH_MAX
    ? value
    : undefined;
}

function secondsOf(value: unknown): number | null {
  const seconds = typeof value === 'string' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
