import { describe, expect, it } from 'vitest';
import { plainNumber } from './plain-number.js';

describe('A number that comes as text', () => {
  it.each([
    ['8089', 8089],
    ['-3', -3],
    ['0.25', 0.25],
    ['007', 7],
    ['999999999999999', 999_999_999_999_999],
  ])('is %s in digits', (text, number) => expect(plainNumber(text)).toBe(number));

  it.each([
    '',
    ' ',
    '0x10',
    '0b11',
    '0o17',
    '1e3',
    ' 8089',
    '8089\n',
    '+8',
    '5.',
    '.5',
    '1_000',
    '1,000',
    '٣',
  ])('is none where it is written as "%s"', (text) => expect(plainNumber(text)).toBeNull());

  it.each(['NaN', 'Infinity', '9'.repeat(16)])(
    'is none where it is %s, which cannot be counted with',
    (text) => expect(plainNumber(text)).toBeNull(),
  );
});
