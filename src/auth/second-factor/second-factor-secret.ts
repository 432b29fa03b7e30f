import type { AssociatedData } from '../../platform/encryption/encryption.js';

/**
 * Where the secret of a second factor is encrypted: in the row of its person, which names the organisation it was set
 * up in. It stays there, in whichever of their organisations the person is.
 */
export function factorSecretPlace({ userId, orgId }: { userId: number; orgId: number }): AssociatedData {
  return { table: 'second_factors', column: 'secret_encrypted', orgId, row: String(userId) };
}
