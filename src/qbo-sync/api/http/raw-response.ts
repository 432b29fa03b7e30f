import { CONNECT_TIMEOUT } from './connect-timeout.js';

/** What came back over the wire, before anything is made of it. */
export interface RawResponse {
  status: number;
  /** The body, decoded when somebody asks for it. */
  readonly text: string;
  /** The body as it came. */
  readonly bytes?: Buffer;
  intuitTid?: string;
  /** Seconds of a `Retry-After`, where there was one. */
  retryAfterSeconds?: number;
}

/**
 * No answer. `not_sent`: the connection never came about, so QuickBooks knows nothing of the request.
 * `lost`: it may have arrived and been done. `too_long`: there is an answer, longer than is taken in.
 */
export type NoResponse = { reason: 'not_sent' | 'lost' | 'too_long'; message: string; cause?: unknown };

/** Codes of network errors that happen before the first byte of a request is sent. */
const BEFORE_SENDING = new Set([
  CONNECT_TIMEOUT,
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What a network error means, for whoever reads why nothing came. */
const WORDS: Readonly<Record<string, string>> = {
  [CONNECT_TIMEOUT]: 'no connection in time',
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'its address was not found',
  EAI_AGAIN: 'its address could not be looked up',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is of another address',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ECONNABORTED: 'no answer in time',
  ETIMEDOUT: 'no answer in time',
  timeout: 'no answer in time',
};

/**
 * Sorts a failed request by whether it can have arrived. Takes the error of axios or of fetch; keeps of it only the
 * code and the system's own error, because the rest holds the request with its Authorization header.
 */
export function noResponseFrom(error: unknown): NoResponse {
  const cause = systemErrorOf(error);
  const code = codeOf(error) ?? codeOf(cause);
  const message = WORDS[code ?? ''] ?? 'no answer';
  return { reason: code !== undefined && BEFORE_SENDING.has(code) ? 'not_sent' : 'lost', message, cause };
}

function systemErrorOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && codeOf(cause) !== undefined ? cause : undefined;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'TimeoutError' || error.name === 'AbortError' ? 'timeout' : undefined;
}

/** Seconds of a `Retry-After` header; a date or nonsense counts as none. */
export function secondsOf(retryAfter: unknown): number | undefined {
  return typeof retryAfter === 'string' && /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) : undefined;
}
