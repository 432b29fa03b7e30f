import { Secret } from 'otpauth';

/** Bytes in base32 of RFC 4648, without padding: what authenticator apps take, and people can type. Pure. */
export function base32(bytes: Uint8Array): string {
  return secretOf(bytes).base32;
}

/** Bytes as the library takes them: without what stands beside them in their buffer. */
export function secretOf(bytes: Uint8Array): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
