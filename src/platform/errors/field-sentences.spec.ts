import { describe, expect, it } from 'vitest';
import { fieldSentences } from './field-sentences.js';

describe('What a page says of a form that was refused', () => {
  it.each([
    {
      of: 'a field',
      field: 'new_password',
      message: 'new_password must be another one',
      says: 'New password must be another one.',
    },
    {
      of: 'a field that is not known',
      field: 'odd_name',
      message: 'odd_name is not known here. Check how it is written, or leave it out.',
      says: 'Odd name is not known here. Check how it is written, or leave it out.',
    },
    {
      of: 'a field inside others',
      field: 'lines.0.unit_price_cents',
      message: 'lines.0.unit_price_cents must not be greater than 9',
      says: 'Unit price cents of lines 1 must not be greater than 9.',
    },
    {
      of: 'a text that was cut',
      field: 'x',
      message: 'x must be one of a, b…',
      says: 'X must be one of a, b…',
    },
    {
      of: 'a name of QuickBooks in it',
      field: 'qbo_id',
      message: 'Give the number after txnId= in the address',
      says: 'Give the number after txnId= in the address.',
    },
    { of: 'what somebody typed', field: '<b>', message: '<b> is wrong', says: '<b> is wrong.' },
    { of: 'nothing', field: '', message: '', says: '' },
  ])('names $of as people do', ({ field, message, says }) => {
    expect(fieldSentences([{ field, message }])).toBe(says);
  });

  it('is one sentence for each, each once, and not more than people read', () => {
    const errors = ['a', 'b', 'a'].map((field) => ({ field, message: `${field} is wrong` }));
    expect(fieldSentences(errors)).toBe('A is wrong. B is wrong.');
    const many = Array.from({ length: 9 }, (_, n) => ({ field: `f${n}`, message: `f${n} is wrong` }));
    expect(fieldSentences(many)).toMatch(/^F0 is wrong\..* F4 is wrong\. And 4 more\.$/);
  });
});
