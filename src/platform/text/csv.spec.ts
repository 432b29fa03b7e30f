import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.js';

describe('A line of a CSV file', () => {
  it('separates by commas, quotes what needs it, and leaves out what is not there', () => {
    expect(csvLine(['a', 7, null, 'b,c', 'say "x"', 'two\nlines'])).toBe(
      'a,7,,"b,c","say ""x""","two\nlines"\r\n',
    );
  });

  it.each(['=1+1', '+1 555', '-cmd', '@SUM(A1)', '\t=1', '=HYPERLINK("http://evil","x")'])(
    'has nothing that a spreadsheet runs: %s',
    (text) => {
      expect(csvLine([text]).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it('leaves numbers alone, also those below zero', () => {
    expect(csvLine([-5, '-12.50', 0])).toBe('-5,-12.50,0\r\n');
  });
});
