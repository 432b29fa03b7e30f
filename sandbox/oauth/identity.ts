import { type KeyObject, createHash, createSign, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Grant } from './grant.ts';

/** As in real id tokens; `intuit-oauth` insists on it. */
export const issuer = 'https://oauth.platform.intuit.com/op/v1';

const keyId = 'OPENIDCONNECT.platform.sandbox';

/** The person who connects companies in this sandbox. */
export function userOf(realmId: string): {
  sub: string;
  email: string;
  givenName: string;
  familyName: string;
} {
  const sub = createHash('sha256').update(`user of ${realmId}`).digest('hex').slice(0, 32);
  return { sub, email: 'owner@sandbox.example', givenName: 'Sandy', familyName: 'Box' };
}

/** Signs id tokens with a key of this sandbox's own, made when first needed. */
export class Identity {
  #keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }> | null = null;

  /** An RS256 id token for the user behind the grant, valid one hour from `now` (epoch milliseconds). */
  async idToken(grant: Grant, now: number): Promise<string> {
    const { privateKey } = await this.#keyPair();
    const seconds = Math.floor(now / 1000);
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const payload = {
      sub: userOf(grant.realmId).sub,
      aud: [grant.clientId],
      realmid: grant.realmId,
      auth_time: Math.floor(grant.grantedAt / 1000),
      iss: issuer,
      exp: seconds + 3600,
      iat: seconds,
    };
    const signed = `${encode({ kid: keyId, alg: 'RS256' })}.${encode(payload)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  }

  async jwks(): Promise<object> {
    const { publicKey } = await this.#keyPair();
    const { n, e } = publicKey.export({ format: 'jwk' });
    return { keys: [{ kty: 'RSA', e, use: 'sig', kid: keyId, alg: 'RS256', n }] };
  }

  #keyPair(): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
    this.#keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    return this.#keys;
  }
}
