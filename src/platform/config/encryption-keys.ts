/** One key of AES-256-GCM with the id that stands beside everything it encrypted. */
export interface EncryptionKey {
  readonly id: string;
  readonly secret: Buffer;
}

/**
 * Reads `id:base64(32 bytes)` pairs, comma separated; the first encrypts, all decrypt.
 * Throws an Error that names what is wrong, never the key itself.
 */
export function parseEncryptionKeys(text: string): EncryptionKey[] {
  const keys = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map(parsePair);
  if (keys.length === 0) throw new Error('it names no key');
  const ids = new Set(keys.map((key) => key.id));
  if (ids.size !== keys.length) throw new Error('two keys have the same id');
  return keys;
}

function parsePair(pair: string): EncryptionKey {
  const colon = pair.indexOf(':');
  const id = pair.slice(0, Math.max(colon, 0));
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
    throw new Error('each key needs an id of letters, digits, - or _ before the colon');
  }
  const encoded = pair.slice(colon + 1);
  const secret = Buffer.from(encoded, 'base64');
  if (secret.length !== 32 || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) {
    throw new Error(`key "${id}" is not the base64 of 32 bytes`);
  }
  return { id, secret };
}
