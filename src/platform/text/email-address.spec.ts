import { describe, expect, it } from 'vitest';
import { isEmailAddress, normalizedEmail } from './email-address.js';

describe('An e-mail address of a form or body', () => {
  it.each([
    '"a\r\nBcc: eve"@acme.test',
    '"a\nBcc: eve"@acme.test',
    '"a\rb"@acme.test',
    '"a\u0001b"@acme.test',
    '"a\tb"@acme.test',
    '"a\u2028b"@acme.test',
    'ann@acme.test\r\nBcc: eve@evil.test',
    'ann\ud800@acme.test',
  ])('has no character that ends a line or is not seen: %j', (text) => {
    expect(isEmailAddress(text)).toBe(false);
    expect(isEmailAddress(text, { require_tld: false })).toBe(false);
  });

  it.each(['ann@acme.test', '"ann of acme"@acme.test', "ann.o'neil+roof@acme.test", 'änne@acme.test'])(
    'may be %s',
    (text) => expect(isEmailAddress(text)).toBe(true),
  );
});

describe('An e-mail address that is kept', () => {
  it.each([
    'ann@exämple.com',
    ' ann@EXÄMPLE.com',
    'ann@xn--exmple-cua.com',
    'ann@XN--EXMPLE-CUA.com',
    'ann@exa\u0308mple\u3002com',
  ])('has one spelling of its domain where it is written %s', (text) => {
    expect(normalizedEmail(text)).toBe('ann@exämple.com');
  });

  it.each([
    'Ann@Example.COM',
    'ann@exämple.com/foo',
    'ann@exämple.com?x=1',
    'ann@exämple.com／foo',
    'ann@exämple.com:80',
    'ann@xn--zzzzzz999.com',
    'ann@xn--',
    `ann@${'ä.'.repeat(400)}com`,
    'xn--exmple-cua.com',
    'ann',
    '',
  ])('stays %s, of which there is no other spelling', (text) => expect(normalizedEmail(text)).toBe(text));
});
