import { describe, expect, it } from 'vitest';
import { clause } from './wording.js';

describe('What somebody else wrote', () => {
  it.each([
    { text: 'It failed.', is: 'It failed' },
    { text: 'It failed! Really.\nTwice.', is: 'It failed; Really; Twice' },
    { text: 'costs 3.50 a piece', is: 'costs 3.50 a piece' },
    { text: ' . ', is: 'no reason was given' },
    { text: null, is: 'no reason was given' },
  ])('"$text" becomes a clause', ({ text, is }) => {
    expect(clause(text)).toBe(is);
  });
});
