import { describe, expect, it } from 'vitest';
import { readClaims } from './token-claims.js';

const NOW = new Date('2026-03-02T17:00:00Z');
const SECOND = NOW.getTime() / 1000;
const CLAIMS = {
  sub: '5',
  org: 2,
  roles: ['admin'],
  epoch: 0,
  jti: 'a1',
  sid: '6f0c0f43-3a52-4a39-8f0b-26a3f5a0c001',
  iat: SECOND,
  exp: SECOND + 60,
};

describe('The claims of a token', () => {
  it('name the person, the organisation and the sign-in', () => {
    const named = { userId: 5, orgId: 2, epoch: 0, sessionId: CLAIMS.sid };
    expect(readClaims(CLAIMS, NOW)).toEqual({ ...named, issuedAt: NOW });
  });

  it('may say nothing of when the token was signed', () => {
    expect(readClaims({ ...CLAIMS, iat: undefined }, NOW)?.issuedAt).toBeNull();
  });

  it('may give the subject as a number', () => {
    expect(readClaims({ ...CLAIMS, sub: 5 }, NOW)?.userId).toBe(5);
  });

  it('may come from a clock that runs 30 seconds ahead', () => {
    expect(readClaims({ ...CLAIMS, iat: SECOND + 30, nbf: SECOND + 30 }, NOW)).toBeDefined();
  });

  it.each([
    { name: 'expired this second', change: { exp: SECOND } },
    { name: 'never expires', change: { exp: undefined } },
    { name: 'is issued in the future', change: { iat: SECOND + 31 } },
    { name: 'begins in the future', change: { nbf: SECOND + 31 } },
    { name: 'names nobody', change: { sub: undefined } },
    { name: 'names a person by a word', change: { sub: 'admin' } },
    { name: 'names a person no table can hold', change: { sub: '9999999999' } },
    { name: 'has no organisation', change: { org: undefined } },
    { name: 'has an organisation in words', change: { org: '2' } },
    { name: 'has no epoch', change: { epoch: undefined } },
    { name: 'has no id of its own', change: { jti: undefined } },
    { name: 'has an odd sign-in', change: { sid: `' or true` } },
  ])('count for nothing where the token $name', ({ change }) => {
    expect(readClaims({ ...CLAIMS, ...change }, NOW)).toBeUndefined();
  });
});
