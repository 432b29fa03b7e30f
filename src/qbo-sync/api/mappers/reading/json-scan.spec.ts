import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listEnd, objectEnd, pastSpace, valueEnd } from './json-scan.js';

const PIECES = [
  ...'{}[]:,"\\0123456789.eE+-tfn/ub \n\u0007'.split(''),
  'true',
  'null',
  '"a"',
  '\\u00e9',
  'é',
  '\ufeff',
];
const texts = fc.oneof(
  fc.json(),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  // A text that is JSON but for one place.
  fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', ...PIECES)).map(([json, at, piece]) => {
    const place = at % (json.length + 1);
    return json.slice(0, place) + piece + json.slice(place + 1);
  }),
);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('JSON that is stepped over', () => {
  it('is exactly what JSON.parse takes', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = Buffer.from(text);
        const end = valueEnd(bytes, pastSpace(bytes, 0));
        expect(end >= 0 && pastSpace(bytes, end) === bytes.length).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('has its fields and elements where a parser has them', () => {
    const objects = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(fc.array(objects, { maxLength: 4 }), fc.constantFrom(undefined, 1), (list, space) => {
        const text = JSON.stringify(list, null, space);
        const bytes = Buffer.from(text);
        const seen: unknown[] = [];
        const end = listEnd(bytes, 0, (start) => {
          const entries: [string, unknown][] = [];
          const elementEnd = objectEnd(bytes, start, (from, to, at, until) => {
            const name = JSON.parse(bytes.toString('utf8', from - 1, to + 1)) as string;
            entries.push([name, JSON.parse(bytes.toString('utf8', at, until))]);
          });
          seen.push(Object.fromEntries(entries));
          return elementEnd;
        });
        expect(end).toBe(bytes.length);
        expect(seen).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it('is given up where it is deeper than any answer', () => {
    const deep = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    expect(valueEnd(deep(60), 0)).toBe(120);
    expect(valueEnd(deep(70), 0)).toBe(-1);
  });
});
