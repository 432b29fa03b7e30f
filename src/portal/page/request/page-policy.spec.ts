import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isOwnForm } from './form-origin.js';
import { linkGonePage } from '../frame/message-page.js';
import { pageHeaders } from './page-policy.js';

const PUBLIC_URL = 'https://pay.acme.test/portal';

describe('The content security policy', () => {
  const policyOf = (stripeApiBaseUrl?: string): string =>
    pageHeaders({ portalPublicUrl: PUBLIC_URL, stripeApiBaseUrl })['content-security-policy']!;

  it('knows the one style block by its hash, and no other source', () => {
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(linkGonePage()) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policyOf()).toContain(`style-src 'sha256-${hash}';`);
    expect(policyOf()).not.toMatch(/unsafe|\*/);
  });

  it('lets forms lead to us and to Stripe, or to what stands in for it', () => {
    expect(policyOf()).toContain(`form-action 'self' https://pay.acme.test https://checkout.stripe.com;`);
    expect(policyOf('http://127.0.0.1:8090')).toContain(
      `form-action 'self' https://pay.acme.test http://127.0.0.1:8090;`,
    );
  });
});

describe('A form', () => {
  it.each([
    { own: true, headers: { 'sec-fetch-site': 'same-origin', origin: 'null' } },
    { own: true, headers: { origin: 'null' } },
    { own: true, headers: {} },
    { own: true, headers: { origin: 'https://crm.internal:8089', host: 'crm.internal:8089' } },
    { own: true, headers: { origin: 'https://pay.acme.test', host: '10.0.0.7' } },
    { own: false, headers: { 'sec-fetch-site': 'cross-site' } },
    { own: false, headers: { 'sec-fetch-site': 'same-site', origin: 'https://pay.acme.test' } },
    { own: false, headers: { 'sec-fetch-site': 'none' } },
    { own: false, headers: { origin: 'https://evil.test', host: 'pay.acme.test' } },
    { own: false, headers: { origin: 'https://pay.acme.test.evil.test', host: 'pay.acme.test' } },
    { own: false, headers: { origin: 'garbage', host: 'pay.acme.test' } },
  ])('with $headers is ours: $own', ({ own, headers }) => {
    expect(isOwnForm(headers, PUBLIC_URL)).toBe(own);
  });
});
