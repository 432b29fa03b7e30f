import type { AssociatedData } from '../../platform/encryption/encryption.js';

/** Where the secret of a second factor is encrypted: in the row of its person. */
export function factorSecretPlace({ id, orgId }: { id: number; orgId: number }): AssociatedData {
  return { table: 'second_factors', column: 'secret_encrypted', orgId, row: String(id) };
}
