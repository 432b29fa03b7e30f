import { randomBytes } from 'node:crypto';
import { assert, integer, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EncryptionKey } from '../config/encryption-keys.js';
import { decrypt, encrypt, type AssociatedData, EncryptionError } from './encryption.js';

const key = (id: string): EncryptionKey => ({ id, secret: randomBytes(32) });
const k1 = key('k1');
const k2 = key('k2');
const PLACE: AssociatedData = {
  table: 'qbo_tokens',
  column: 'access_token_sealed',
  orgId: 1,
  row: '934145',
};

const reasonOf = (attempt: () => unknown): string => {
  try {
    attempt();
    return 'opened';
  } catch (error) {
    return error instanceof EncryptionError ? error.reason : 'another error';
  }
};

describe('An encrypted text', () => {
  it('decrypts in its own place to what it was', () => {
    assert(
      property(string({ unit: 'grapheme', maxLength: 4096 }), (text) => {
        expect(decrypt(encrypt(text, PLACE, [k1]), PLACE, [k1])).toBe(text);
      }),
    );
  });

  it('names its key and shows nothing of the text', () => {
    const encrypted = encrypt('eyJlbmMiOiJB', PLACE, [k1]);
    expect(encrypted).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/);
    expect(Buffer.from(encrypted.split('.').at(-1)!, 'base64url').toString()).not.toContain('eyJ');
  });

  it('never looks the same twice', () => {
    const many = Array.from({ length: 100 }, () => encrypt('same', PLACE, [k1]));
    expect(new Set(many).size).toBe(100);
  });

  it('does not decrypt when a single bit is changed', () => {
    const encrypted = encrypt('a refresh token', PLACE, [k1]);
    const [version, id, ...parts] = encrypted.split('.');
    assert(
      property(integer({ min: 0, max: 2 }), integer({ min: 0, max: 95 }), (which, bit) => {
        const bytes = Buffer.from(parts[which]!, 'base64url');
        bytes[Math.floor(bit / 8) % bytes.length]! ^= 1 << (bit % 8);
        const changed = parts.with(which, bytes.toString('base64url'));
        expect(reasonOf(() => decrypt([version, id, ...changed].join('.'), PLACE, [k1]))).toBe('tampered');
      }),
    );
  });

  it.each([
    ['another organisation', { orgId: 2 }],
    ['another row', { row: '934146' }],
    ['another column', { column: 'refresh_token_sealed' }],
    ['another table', { table: 'users' }],
  ])('does not open for %s', (_, elsewhere) => {
    const encrypted = encrypt('secret', PLACE, [k1]);
    expect(reasonOf(() => decrypt(encrypted, { ...PLACE, ...elsewhere }, [k1]))).toBe('tampered');
  });

  it('does not open with another key of the same name', () => {
    expect(reasonOf(() => decrypt(encrypt('secret', PLACE, [k1]), PLACE, [key('k1')]))).toBe('tampered');
  });

  it('opens after a new key came first, and not after its own is gone', () => {
    const encrypted = encrypt('secret', PLACE, [k1]);
    expect(decrypt(encrypted, PLACE, [k2, k1])).toBe('secret');
    expect(encrypt('secret', PLACE, [k2, k1])).toMatch(/^v1\.k2\./);
    expect(reasonOf(() => decrypt(encrypted, PLACE, [k2]))).toBe('unknown_key');
  });

  it.each(['', 'eyJlbmMi', 'v1.k1.a.b.c', 'v2.k1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.AA', 'v1.k1'])(
    'is not %j',
    (text) => {
      expect(reasonOf(() => decrypt(text, PLACE, [k1]))).toBe('malformed');
    },
  );
});
