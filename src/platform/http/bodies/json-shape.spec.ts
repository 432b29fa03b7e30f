import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeProblem } from './json-shape.js';

const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
const wide = (fields: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: fields }, (_, n) => [`k${n}`, n])));

describe('The shape of a JSON body', () => {
  it('is bounded in depth and fields', () => {
    expect(shapeProblem(nested(32))).toBeNull();
    expect(shapeProblem(nested(33))).toContain('deep');
    expect(shapeProblem('['.repeat(50_000))).toContain('deep');
    expect(shapeProblem(wide(1_000))).toBeNull();
    expect(shapeProblem(wide(1_001))).toContain('fields');
  });

  it('is not judged by what stands in a text', () => {
    expect(shapeProblem(JSON.stringify({ note: '{['.repeat(500) + '\\":' + ':'.repeat(5_000) }))).toBeNull();
    expect(shapeProblem('"no end of it \\')).toBeNull();
  });

  it('is right for whatever is sent (property)', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(shapeProblem(JSON.stringify(value))).toBeNull();
      }),
    );
  });
});
