import type { SealedPlace } from '../../sealing/seal.js';

/** Where the token of a link that waits to be e-mailed is sealed: in the row of its hash. */
export function tokenPlace(orgId: number, tokenHash: Buffer): SealedPlace {
  return { table: 'portal_links', column: 'email_token_sealed', orgId, row: tokenHash.toString('hex') };
}
