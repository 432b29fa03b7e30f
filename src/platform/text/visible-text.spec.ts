import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.js';
import { normalizedText } from './normalized-text.js';
import { visibleText } from './visible-text.js';

describe('A text that people type', () => {
  it.each([
    ['a mark that turns what follows', 'Ann\u202Egnp.exe', 'Anngnp.exe'],
    ['an isolate that is never closed', '\u2067Ann', 'Ann'],
    ['a space without width', 'pay\u200Bpal', 'paypal'],
    ['a joiner between Latin letters', 'Ad\u200Dmin\u200C', 'Admin'],
    ['a byte order mark within', 'Ann\uFEFF Ruiz', 'Ann Ruiz'],
    ['a soft hyphen', 'Ru\u00ADiz', 'Ruiz'],
    ['a blank letter alone', '\u3164', ''],
    ['joiners alone', '\u200D\u200C', ''],
    ['tags that spell a hidden word', 'Ann\u{E0068}\u{E0069}', 'Ann'],
  ])('has nothing that is not seen: %s', (_, typed, seen) => {
    expect(visibleText(typed)).toBe(seen);
  });

  it.each([
    ['a family', '👨‍👩‍👧‍👦'],
    ['a person with a skin and a trade', '👷🏽‍♀️'],
    ['a heart with its selector', '❤️‍🔥'],
    ['the flag of Scotland', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['Persian with its joiner', 'علی‌رضا'],
    ['Devanagari with its joiner', 'क्‍ष'],
    ['a name from right to left', 'דוד כהן'],
    ['letters with marks', 'Nguyễn Văn Ă'],
  ])('keeps what is written so: %s', (_, text) => {
    expect(visibleText(text.normalize('NFC'))).toBe(text.normalize('NFC'));
  });

  it('is cleaned as fast as it is read, whatever it holds', () => {
    const begun = performance.now();
    expect(visibleText(`a${'\u{E0041}'.repeat(25_000)}b`)).toBe('ab');
    expect(performance.now() - begun).toBeLessThan(500); // took seconds while it looked back over all before
  });

  it('is cleaned where it enters, and where it leaves as a file', () => {
    expect(normalizedText(' Ann\u202E\u200B ')).toBe('Ann');
    expect(csvLine(['\u202Egnp', '\u200B=1+1'])).toBe("gnp,'=1+1\r\n");
  });
});
