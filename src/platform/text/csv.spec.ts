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

  it.each([
    { text: 'Ann;=1+1;x', line: "Ann;'=1+1;x" },
    { text: 'Ann\t@SUM(A1)', line: "Ann\t'@SUM(A1)" },
    { text: 'Ann\n=1+1', line: `"Ann\n'=1+1"` },
    { text: 'Roof:\n- tear-off', line: '"Roof:\n- tear-off"' },
    { text: '＝1+1', line: "'＝1+1" },
    { text: 'Ann = Bob; 3 - 4', line: 'Ann = Bob; 3 - 4' },
  ])('has nothing that one runs which parts cells elsewhere: $text', ({ text, line }) => {
    expect(csvLine([text])).toBe(`${line}\r\n`);
  });

  it('leaves numbers alone, also those below zero', () => {
    expect(csvLine([-5, '-12.50', 0])).toBe('-5,-12.50,0\r\n');
  });
});
