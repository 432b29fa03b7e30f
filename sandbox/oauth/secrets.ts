import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The protected header of Intuit's opaque JWE access tokens: `{"enc":"A128CBC-HS256","alg":"dir"}`. */
const jweHeader = Buffer.from('{"enc":"A128CBC-HS256","alg":"dir"}').toString('base64url');

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

function randomLetters(length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('');
}

/** An access token with the look and length of a real one: `eyJ…`, five parts, some 900 characters. */
export function newAccessToken(): string {
  const part = (bytes: number): string => randomBytes(bytes).toString('base64url');
  return `${jweHeader}..${part(16)}.${part(620)}.${part(16)}`;
}

/** A refresh token like `RT1-39-H3-1785429816rcys…`; the number is its expiry in epoch seconds. */
export function newRefreshToken(expiresAt: number): string {
  return `RT1-39-H3-${Math.floor(expiresAt / 1000)}${randomLetters(20)}`;
}

export function newAuthorizationCode(now: number): string {
  return `XAB1${Math.floor(now / 1000)}${randomLetters(32)}`;
}

/** Unguessable and single use: proves that a consent form came from our own page. */
export function newCsrfToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Equality that takes the same time wherever the two differ. */
export function sameSecret(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
