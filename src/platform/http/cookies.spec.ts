import { describe, expect, it } from 'vitest';
import { cookieName, isSecure } from './cookies.js';

const HTTPS = 'https://crm.acme.test';

describe('A browser', () => {
  it.each([
    {
      way: 'by https',
      protocol: 'https',
      hostname: 'crm.acme.test',
      publicUrl: 'http://localhost:8089',
      secure: true,
    },
    {
      way: 'through a proxy that ends TLS',
      protocol: 'http',
      hostname: 'crm.acme.test',
      publicUrl: HTTPS,
      secure: true,
    },
    {
      way: 'through a proxy that names itself',
      protocol: 'http',
      hostname: 'crm-api',
      publicUrl: HTTPS,
      secure: true,
    },
    { way: 'on the same machine', protocol: 'http', hostname: 'localhost', publicUrl: HTTPS, secure: false },
    { way: 'by its address on it', protocol: 'http', hostname: '127.0.0.1', publicUrl: HTTPS, secure: false },
    { way: 'by IPv6 on it', protocol: 'http', hostname: '[::1]', publicUrl: HTTPS, secure: false },
    { way: 'by http', protocol: 'http', hostname: 'crm', publicUrl: 'http://crm:8089', secure: false },
  ] as const)('$way is secure: $secure', ({ protocol, hostname, publicUrl, secure }) => {
    expect(isSecure({ protocol, hostname, headers: {} }, publicUrl)).toBe(secure);
  });

  it.each(['x-forwarded-for', 'x-real-ip', 'via'])(
    'through a proxy on this machine that asks by its address, with %s, is secure where we are seen by https',
    (header) => {
      const asked = { protocol: 'http', hostname: '127.0.0.1', headers: { [header]: '192.0.2.1' } } as const;
      expect(isSecure(asked, HTTPS)).toBe(true);
      expect(isSecure(asked, 'http://localhost:8089')).toBe(false);
    },
  );
});

describe('A cookie', () => {
  it('is of this host alone where the browser can hold it to that', () => {
    expect([cookieName('crm_session', true), cookieName('crm_session', false)]).toEqual([
      '__Host-crm_session',
      'crm_session',
    ]);
  });
});
