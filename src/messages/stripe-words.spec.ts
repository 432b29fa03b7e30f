import { describe, expect, it } from 'vitest';
import { stripeWords } from './stripe-words.js';

describe('A code of Stripe', () => {
  it.each([
    { code: 'fraudulent', words: 'fraudulent' },
    { code: 'product_not_received', words: 'product not received' },
    { code: 'needs_response', words: 'needs response' },
    { code: 'warning_needs_response', words: 'inquiry, needs response' },
    { code: 'warning_under_review', words: 'inquiry, under review' },
    { code: 'Charge ch_1a has been charged back.', words: 'Charge ch_1a has been charged back.' },
  ])('is said as "$words"', ({ code, words }) => {
    expect(stripeWords(code)).toBe(words);
  });
});
