import { createHash } from 'node:crypto';
import { DomainError } from '../errors/domain-error.js';
import { canonicalJson } from '../text/canonical-json.js';

/** What a client asks for under a key of its own, so that it can ask again after a lost answer. */
export interface KeyedRequest {
  /** The client's, behind what is made: one key may be sent to several routes. */
  key: string;
  /** Of what was asked for: another request under the same key is a mistake. */
  hash: Buffer;
}

/** `of`: what is made. Null where the client sent no key. Pure. */
export function keyedRequest(of: string, body: object, key: string | undefined): KeyedRequest | null {
  if (key === undefined) return null;
  return { key: `${of} ${key}`, hash: createHash('sha256').update(canonicalJson(body), 'utf8').digest() };
}

/** Throws a conflict where something else was asked for under the key before. `made` says what came of it. Pure. */
export function assertSameRequest(request: KeyedRequest, hash: Buffer, made: string): void {
  if (hash.equals(request.hash)) return;
  throw new DomainError(
    'conflict',
    'idempotency_key_reused',
    `Under this Idempotency-Key ${made} was made, by another request. Send a new key with what is new.`,
  );
}
