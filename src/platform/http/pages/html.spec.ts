import { describe, expect, it } from 'vitest';
import { escapeHtml, page } from './html.js';

describe('A page', () => {
  it('escapes its title', () => {
    expect(page('<script>alert(1)</script>', '<p>x</p>')).not.toContain('<script>');
  });

  it('takes its body as HTML', () => {
    expect(page('Sign in', '<h1>Sign in</h1>')).toContain('<h1>Sign in</h1>');
  });

  it('needs nothing from elsewhere', () => {
    expect(page('Sign in', '')).not.toMatch(/https?:|src=/);
  });
});

describe('Escaped text', () => {
  it.each([
    { text: `<b title="it's">&</b>`, safe: '&lt;b title=&quot;it&#39;s&quot;&gt;&amp;&lt;/b&gt;' },
    { text: 'Acme Roofing', safe: 'Acme Roofing' },
    { text: '', safe: '' },
  ])('of $text is $safe', ({ text, safe }) => {
    expect(escapeHtml(text)).toBe(safe);
  });
});
