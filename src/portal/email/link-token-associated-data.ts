import type { AssociatedData } from '../../platform/encryption/encryption.js';

/** Where the token of a link that waits to be e-mailed is encrypted: in the row of its hash. */
export function linkTokenAssociatedData(orgId: number, tokenHash: Buffer): AssociatedData {
  return { table: 'portal_links', column: 'email_token_sealed', orgId, row: tokenHash.toString('hex') };
}
