import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

/** A new secret for the address of a customer's page: 256 random bits, as 43 characters of base64url. */
export function newLinkToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** The token in what a customer's browser asks for, also where punctuation of the text around a link came with it. */
export function linkTokenIn(text: string): string | null {
  return /^([\w-]{43})[^\w-]{0,3}$/.exec(text)?.[1] ?? null;
}

/**
 * Under what a token is kept and found. Whoever guesses learns nothing from how long a look-up takes: the hash of a
 * guess has nothing in common with the hash of what is close to it.
 */
export function linkTokenHash(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
