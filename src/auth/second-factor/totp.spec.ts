import { describe, expect, it } from 'vitest';
import { hotp, otpauthUri, stepOfCode, totpStep } from './totp.js';

const SECRET = Buffer.from('12345678901234567890');

describe('A one-time code', () => {
  it.each([
    [0, '755224'],
    [1, '287082'],
    [2, '359152'],
    [3, '969429'],
    [4, '338314'],
    [5, '254676'],
    [6, '287922'],
    [7, '162583'],
    [8, '399871'],
    [9, '520489'],
  ])('of counter %i is that of RFC 4226: %s', (counter, code) => {
    expect(hotp(SECRET, counter)).toBe(code);
  });

  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('%i seconds after 1970 is that of RFC 6238: %s', (second, code) => {
    expect(hotp(SECRET, totpStep(new Date(second * 1000)), 8)).toBe(code);
  });

  const now = new Date('2026-03-02T17:00:15Z');
  const current = totpStep(now);

  it.each([-1, 0, 1])('is taken %i steps away from this one', (aside) => {
    const step = current + aside;
    expect(stepOfCode(SECRET, hotp(SECRET, step), now)).toBe(step);
  });

  it.each([-2, 2])('is not taken %i steps away', (aside) => {
    expect(stepOfCode(SECRET, hotp(SECRET, current + aside), now)).toBeUndefined();
  });

  it.each(['', '12345', '1234567', '12345x', '１２３４５６'])('is not %j', (text) => {
    expect(stepOfCode(SECRET, text, now)).toBeUndefined();
  });
});

describe('The address an authenticator app is set up with', () => {
  it('names the product, the person and the secret', () => {
    const uri = new URL(otpauthUri(SECRET, 'ada+x@acme.test'));
    expect(uri.href).toMatch(/^otpauth:\/\/totp\/PeakPro%20CRM:ada%2Bx%40acme\.test\?/);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      issuer: 'PeakPro CRM',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
