import { describe, expect, it } from 'vitest';
import { withPageLinks } from './page-links.js';

const ORG_ID = 3;
const link = (path: string, href: string): string => `<a href="${href}">${path}</a>`;

describe('A next step on a page', () => {
  it.each([
    ['See /qbo/status/page.', '/qbo/status/page', '?org_id=3'],
    ['/inbox/page', '/inbox/page', '?org_id=3'],
    ['See /why/proposals/7.', '/why/proposals/7', '?org_id=3'],
    ['Connect QuickBooks at /qbo/oauth/start, then retry.', '/qbo/oauth/start', '?org_id=3'],
    [
      'Begin at /qbo/oauth/start?replace_company=true: it ends.',
      '/qbo/oauth/start?replace_company=true',
      '&amp;org_id=3',
    ],
  ])('leads to the page it names: %s', (text, path, more) => {
    expect(withPageLinks(text, ORG_ID)).toBe(text.replace(path, link(path, path + more)));
  });

  it.each([
    'Send it by POST /portal/email/7.',
    'See /inbox.',
    'https://evil.test/inbox/page',
    '/inbox/pages',
  ])('has no link where a browser gets no page: %s', (text) => {
    expect(withPageLinks(text, ORG_ID)).toBe(text);
  });

  it('shows what people typed as letters', () => {
    expect(withPageLinks('<b> & "x" /inbox/page', ORG_ID)).toBe(
      `&lt;b&gt; &amp; &quot;x&quot; ${link('/inbox/page', '/inbox/page?org_id=3')}`,
    );
  });
});
