import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrayText } from '../../../src/platform/database/statements/array-text.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';

describe('A list that is sent as the text of an array', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const readAs = async (type: string, values: readonly (string | number | boolean | null)[]) => {
    const [row] = await database.query<{ list: unknown }>(`select to_json($1::${type}[]) as list`, [
      arrayText(values, (value) => value),
    ]);
    return row!.list;
  };

  it('is read with each text as it is, whatever it holds', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((one) => one.replaceAll('\0', '')),
      fc.constantFrom('NULL', 'null', '', ' ', '{a,b}', `"\\'`, '\\', '",', 'Müller', '\n', '🏠'),
    );
    const list = fc.array(fc.option(text), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(list, async (values) => {
        expect(await readAs('text', values)).toEqual(values);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['bigint', [0, -5, 9_007_199_254_740_991, null]],
    ['int', []],
    ['boolean', [true, false, null]],
    ['date', ['2026-02-28', null]],
    ['numeric', ['1.084500001', null]],
  ])('of %s is read with each value as it is', async (type, values) => {
    expect(JSON.stringify(await readAs(type, values)).replaceAll('"', '')).toBe(
      JSON.stringify(values).replaceAll('"', ''),
    );
  });
});
