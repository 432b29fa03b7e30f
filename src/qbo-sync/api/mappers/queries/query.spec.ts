import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantText, quoted, whereClause } from './query.js';

/** Reads one literal as QuickBooks does: up to the first quote without a backslash before it. */
function readLiteral(statement: string): { value: string; rest: string } {
  let value = '';
  for (let at = 1; at < statement.length; at += 1) {
    const character = statement[at]!;
    if (character === "'") return { value, rest: statement.slice(at + 1) };
    if (character === '\\') at += 1;
    value += statement[at]!;
  }
  throw new Error('the literal does not end');
}

describe('A query', () => {
  it.each([
    ["O'Neil", String.raw`'O\'Neil'`],
    ['C:\\Jobs', String.raw`'C:\\Jobs'`],
    [String.raw`\' OR Id > '0`, String.raw`'\\\' OR Id > \'0'`],
    ['two\nlines', "'two lines'"],
    ['', "''"],
  ])('holds %j as one literal', (text, literal) => {
    expect(quoted(text)).toBe(literal);
  });

  it('holds any text as one literal that reads back as it was', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        const { value, rest } = readLiteral(quoted(text));
        // oxlint-disable-next-line no-control-regex
        expect(value).toBe(text.replace(/[\u0000-\u001f\u007f]/g, ' '));
        expect(rest).toBe('');
      }),
    );
  });

  it('names what it wants, in which order and how much of it', () => {
    const since = new Date('2026-03-02T17:00:00.987Z');
    const clause = whereClause([['MetaData.LastUpdatedTime', since, '>=']], {
      orderBy: 'MetaData.LastUpdatedTime',
      startPosition: 1001,
      maxResults: 1000,
    });
    expect(clause).toBe(
      "WHERE MetaData.LastUpdatedTime >= '2026-03-02T17:00:00Z' ORDERBY MetaData.LastUpdatedTime " +
        'STARTPOSITION 1001 MAXRESULTS 1000',
    );
  });

  it('quotes ids and leaves flags bare', () => {
    const conditions = [
      ['Id', ['1', '2']],
      ['Active', [true, false]],
    ] as const;
    expect(whereClause(conditions, { maxResults: 100 })).toBe(
      "WHERE Id IN ('1', '2') AND Active IN (true, false) STARTPOSITION 1 MAXRESULTS 100",
    );
  });

  it('says an instant to the second below, with its zone', () => {
    expect(instantText(new Date('2026-03-02T17:00:59.999Z'))).toBe('2026-03-02T17:00:59Z');
  });
});
