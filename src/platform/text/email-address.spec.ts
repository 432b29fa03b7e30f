import { describe, expect, it } from 'vitest';
import { isEmailAddress } from './email-address.js';

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
