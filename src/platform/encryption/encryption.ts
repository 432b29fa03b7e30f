import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EncryptionKey } from '../config/encryption-keys.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Why an encrypted text cannot be decrypted. Holds neither the text nor a key. */
export class EncryptionError extends Error {
  constructor(
    readonly reason: 'malformed' | 'unknown_key' | 'tampered',
    message: string,
  ) {
    super(message);
    this.name = 'EncryptionError';
  }
}

/** Where an encrypted text is stored: the associated data it is bound to, so that it decrypts nowhere else. */
export interface AssociatedData {
  table: string;
  column: string;
  orgId: number;
  /** What tells the row from the others of its organisation. */
  row: string;
}

/**
 * Encrypts a text for one place with the first key: AES-256-GCM in `v1.keyId.iv.tag.ciphertext`, base64url. The place
 * and the key's id are authenticated with it, so a copy into another row or column does not open.
 */
export function encrypt(text: string, place: AssociatedData, keys: readonly EncryptionKey[]): string {
  const [key] = keys;
  if (!key) throw new EncryptionError('unknown_key', 'there is no key to encrypt with');
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.secret, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated(place, key.id));
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const parts = [iv, cipher.getAuthTag(), encrypted].map((part) => part.toString('base64url'));
  return ['v1', key.id, ...parts].join('.');
}

/** Decrypts what `encrypt` made for this place, with whichever key made it. Throws EncryptionError. */
export function decrypt(encrypted: string, place: AssociatedData, keys: readonly EncryptionKey[]): string {
  const [version, keyId = '', iv, tag, ciphertext, ...rest] = encrypted.split('.');
  const parts = [iv, tag, ciphertext].map((part) => Buffer.from(part ?? '', 'base64url'));
  const [ivBytes, tagBytes, cipherBytes] = parts as [Buffer, Buffer, Buffer];
  if (
    version !== 'v1' ||
    rest.length > 0 ||
    ivBytes.length !== IV_BYTES ||
    tagBytes.length !== TAG_BYTES ||
    ciphertext === undefined
  ) {
    throw new EncryptionError('malformed', 'the encrypted text is not in a form that is known');
  }
  const key = keys.find((candidate) => candidate.id === keyId);
  if (!key)
    throw new EncryptionError('unknown_key', `the encrypted text needs the key "${keyId.slice(0, 32)}"`);
  try {
    const decipher = createDecipheriv(ALGORITHM, key.secret, ivBytes, { authTagLength: TAG_BYTES });
    decipher.setAAD(authenticated(place, key.id));
    decipher.setAuthTag(tagBytes);
    return Buffer.concat([decipher.update(cipherBytes), decipher.final()]).toString('utf8');
  } catch {
    throw new EncryptionError(
      'tampered',
      'the encrypted text was changed, or was encrypted for another place',
    );
  }
}

/** True where the text was encrypted with the first key, so that it needs none of the older ones. */
export function isOfFirstKey(encrypted: string, [key]: readonly EncryptionKey[]): boolean {
  return key !== undefined && encrypted.split('.')[1] === key.id;
}

function authenticated({ table, column, orgId, row }: AssociatedData, keyId: string): Buffer {
  return Buffer.from([table, column, orgId, row, keyId].join('|'), 'utf8');
}
