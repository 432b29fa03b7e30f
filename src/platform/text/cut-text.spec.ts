import { describe, expect, it } from 'vitest';
import { cutText } from './cut-text.js';
import { isolatedText } from './isolated-text.js';
import { normalizedText } from './normalized-text.js';

describe('A text that is too long', () => {
  it.each([
    ['ends before an emoji of two halves', 'ab😀', 3, 'ab'],
    ['ends before a letter that would lose its mark', 'abe\u0301', 3, 'ab'],
    ['ends before a family of four that is one picture', 'a👨‍👩‍👧‍👦b', 8, 'a'],
    ['is whole where it just fits', 'ab😀', 4, 'ab😀'],
  ])('%s', (_, text, max, cut) => {
    expect(cutText(text, max)).toBe(cut);
  });

  it('says that it was cut, within the same length', () => {
    expect(cutText('kitchen and bath', 9, '…')).toBe('kitchen…');
    expect(cutText('kitchen', 7, '…')).toBe('kitchen');
  });

  it('would be broken by counting units (so the tests above are not vacuous)', () => {
    expect('ab😀'.slice(0, 3).isWellFormed()).toBe(false);
    expect(cutText('ab😀', 3).isWellFormed()).toBe(true);
  });
});

describe('A text inside a sentence', () => {
  it('stays in its own place where it runs from right to left', () => {
    expect(isolatedText('דוד כהן')).toBe('\u2068דוד כהן\u2069');
  });

  it('cannot turn what follows it by control characters', () => {
    expect(isolatedText('Ann\u202E 00.01$\u2069')).toBe('\u2068Ann 00.01$\u2069');
  });

  it('is as it was where it turns nothing', () => {
    expect(isolatedText('José Muñoz 😀')).toBe('José Muñoz 😀');
  });
});

describe('A text as it is kept', () => {
  it('has one spelling and no space at its ends', () => {
    expect(normalizedText('\uFEFF Jose\u0301\u00A0')).toBe('José');
  });
});
