import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedByIntuit } from './intuit-signature.js';

const TOKENS = ['verifier', 'verifier of before'];
const body = Buffer.from('{"a":"é"}');
// Computed with: printf '{"a":"é"}' | openssl dgst -sha256 -hmac verifier -binary | base64
const SIGNATURE = 'Tuv5VyhUrdU0eqShdV9ZkUQuTF8ma8I+uZPDZoiy+/4=';
const signed = (raw: Buffer | string, token: string): string =>
  createHmac('sha256', token).update(raw).digest('base64');

describe('A signature of Intuit', () => {
  it('is base64 of HMAC-SHA256 over the bytes, keyed with the verifier token', () => {
    expect(isSignedByIntuit(body, SIGNATURE, TOKENS)).toBe(true);
  });

  it('may be made with either token in the days of a rotation', () => {
    expect(isSignedByIntuit(body, signed(body, 'verifier of before'), TOKENS)).toBe(true);
    expect(isSignedByIntuit(body, signed(body, 'verifier of before'), ['verifier'])).toBe(false);
  });

  it.each([
    { what: 'nothing', header: '' },
    { what: 'words', header: 'signed, sincerely' },
    { what: 'hex', header: Buffer.from(SIGNATURE, 'base64').toString('hex') },
    { what: 'one bit off', header: SIGNATURE.replace('T', 'U') },
    { what: 'cut short', header: SIGNATURE.slice(0, -4) },
    { what: 'followed by another', header: `${SIGNATURE},${SIGNATURE}` },
    { what: 'made with another token', header: signed(body, 'verifier2') },
    { what: 'made with no token', header: signed(body, '') },
    { what: 'made over other bytes', header: signed('{"a": "é"}', 'verifier') },
    {
      what: 'made over the same text in Latin-1',
      header: signed(Buffer.from('{"a":"é"}', 'latin1'), 'verifier'),
    },
    { what: 'with a BOM before it', header: signed(`\uFEFF{"a":"é"}`, 'verifier') },
  ])('is none that is $what', ({ header }) => {
    expect(isSignedByIntuit(body, header, TOKENS)).toBe(false);
  });

  it('proves nothing without a token', () => {
    expect(isSignedByIntuit(body, signed(body, ''), [])).toBe(false);
  });

  it('proves an empty body too', () => {
    expect(isSignedByIntuit(Buffer.alloc(0), signed('', 'verifier'), TOKENS)).toBe(true);
  });
});
