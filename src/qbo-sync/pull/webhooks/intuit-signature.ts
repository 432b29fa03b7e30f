import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * True when `header` is base64 of HMAC-SHA256 over exactly these bytes, keyed with one of our verifier tokens. Pure;
 * takes as long for a wrong signature as for a right one, whichever token it is made with.
 */
export function isSignedByIntuit(raw: Buffer, header: string, verifierTokens: readonly string[]): boolean {
  const given = Buffer.from(header, 'base64');
  if (given.toString('base64') !== header) return false;
  const matches = verifierTokens.map((token) => {
    const expected = createHmac('sha256', token).update(raw).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return matches.includes(true);
}
