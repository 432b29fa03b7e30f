import { describe, expect, it } from 'vitest';
import { withPageLinks } from './page-links.js';

const link = (path: string): string => `<a href="${path}">${path}</a>`;

describe('A next step on a page', () => {
  it.each([
    ['Connect QuickBooks at /qbo/oauth/start, then retry.', '/qbo/oauth/start'],
    ['Begin at /qbo/oauth/start?replace_company=true: it ends.', '/qbo/oauth/start?replace_company=true'],
    ['See /qbo/status/page.', '/qbo/status/page'],
    ['/inbox/page', '/inbox/page'],
    ['See /why/proposals/7.', '/why/proposals/7'],
  ])('leads to the page it names: %s', (text, path) => {
    expect(withPageLinks(text)).toBe(text.replace(path, link(path)));
  });

  it.each([
    'Send it by POST /portal/email/7.',
    'See /inbox.',
    'https://evil.test/inbox/page',
    '/inbox/pages',
  ])('has no link where a browser gets no page: %s', (text) => {
    expect(withPageLinks(text)).toBe(text);
  });

  it('shows what people typed as letters', () => {
    expect(withPageLinks('<b> & "x" /inbox/page')).toBe(
      `&lt;b&gt; &amp; &quot;x&quot; ${link('/inbox/page')}`,
    );
  });
});
