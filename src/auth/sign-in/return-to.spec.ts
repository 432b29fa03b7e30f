import { describe, expect, it } from 'vitest';
import { returnTo } from './return-to.js';

describe('After signing in', () => {
  it.each(['/qbo/oauth/start', '/', '/docs?x=1#top', '/a%20b', '/search?next=//elsewhere'])(
    'the browser goes to %j',
    (path) => {
      expect(returnTo(path, '/docs')).toBe(path);
    },
  );

  it.each([
    ['/docs?x=\u65e5\u672c', '/docs?x=%E6%97%A5%E6%9C%AC'],
    ['/a b', '/a%20b'],
    ['/\u{1f3e0}/\ud83c', '/%F0%9F%8F%A0/%EF%BF%BD'],
  ])('the browser goes to %j by letters that a header may hold', (path, sent) => {
    expect(returnTo(path, '/docs')).toBe(sent);
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '%2f%2fevil.example',
    '/%2fevil.example',
    '/%5cevil.example',
    '/\t/evil.example',
    '/%09/evil.example',
    '/\r\nlocation:%20https://evil.example',
    'https:evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'docs',
    '/%zz',
    '',
    undefined,
    ['/docs', '/qbo'],
  ])('the browser goes to the usual page rather than to %j', (path) => {
    expect(returnTo(path, '/docs')).toBe('/docs');
  });
});
