import { describe, expect, it } from 'vitest';
import { linkEnd, linkState } from './link-life.js';
import { linkTokenHash, newLinkToken } from './link-token.js';
import { pageAddress, pagePath } from './page-address.js';

const NOW = new Date('2026-03-02T17:00:00Z');
const BEFORE = new Date('2026-03-02T16:59:59Z');
const AFTER = new Date('2026-03-02T17:00:01Z');

describe('A link', () => {
  it.each([
    { state: 'live', expiresAt: AFTER, revokedAt: null },
    { state: 'expired', expiresAt: NOW, revokedAt: null },
    { state: 'expired', expiresAt: BEFORE, revokedAt: null },
    { state: 'revoked', expiresAt: AFTER, revokedAt: BEFORE },
    { state: 'revoked', expiresAt: BEFORE, revokedAt: BEFORE },
  ])('is $state at five: until $expiresAt, revoked $revokedAt', ({ state, ...link }) => {
    expect(linkState(link, NOW)).toBe(state);
  });

  it('ends so many days of 24 hours later', () => {
    expect(linkEnd(NOW, 30).toISOString()).toBe('2026-04-01T17:00:00.000Z');
  });

  it('has a token that is never the same, and a hash that always is', () => {
    const tokens = Array.from({ length: 200 }, newLinkToken);
    expect(new Set(tokens).size).toBe(200);
    expect(tokens.every((token) => /^[\w-]{43}$/.test(token))).toBe(true);
    expect(linkTokenHash('token').toString('hex')).toBe(
      '3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0',
    );
  });

  it('is found where the customers see us, whatever proxy stands before us', () => {
    expect(pageAddress('https://pay.acme.test/offers', 'T')).toBe('https://pay.acme.test/offers/p/T');
    expect(pagePath('https://pay.acme.test/offers', 'T')).toBe('/offers/p/T');
    expect(pagePath('https://pay.acme.test', 'T')).toBe('/p/T');
  });
});
