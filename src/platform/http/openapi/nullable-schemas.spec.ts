import { describe, expect, it } from 'vitest';
import { nullableSchemas } from './nullable-schemas.js';

const NULL = { type: 'object', nullable: true, enum: [null] };
const REF = { $ref: '#/components/schemas/Address' };

describe('A field that may be null', () => {
  it.each([
    ['a text', { type: 'string', nullable: true }, { type: 'string', nullable: true }],
    [
      'one of some words',
      { type: 'string', nullable: true, enum: ['Paid', 'Open'] },
      { type: 'string', nullable: true, enum: ['Paid', 'Open', null] },
    ],
    [
      'an object of its own',
      { type: 'object', nullable: true, allOf: [REF], description: 'Where the work is done' },
      { description: 'Where the work is done', oneOf: [REF, NULL] },
    ],
    [
      'one of two types',
      { nullable: true, oneOf: [{ type: 'string' }, { type: 'number' }] },
      { oneOf: [{ type: 'string' }, { type: 'number' }, NULL] },
    ],
  ])('takes null by its description: %s', (_, said, described) => {
    expect(nullableSchemas({ properties: { field: said } })).toEqual({ properties: { field: described } });
  });

  it('is described once, however often', () => {
    const once = nullableSchemas({ type: 'object', nullable: true, allOf: [REF] });
    expect(nullableSchemas(once)).toEqual(once);
  });

  it('leaves what may not be null as it is', () => {
    const schema = { allOf: [REF], enum: ['a'], items: [{ nullable: false, enum: ['a'] }] };
    expect(nullableSchemas(schema)).toEqual(schema);
  });
});
