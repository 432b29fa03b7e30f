import { expect, it } from 'vitest';
import { ENTITIES } from '../catalog.ts';
import { schemaTypeOf } from './schema.ts';

it('every field of Intuit’s schema is known', () => {
  let count = 0;
  for (const [name, { fields }] of ENTITIES) {
    const names = Object.keys(schemaTypeOf(name)).filter((field) => !field.startsWith('@'));
    expect(names.filter((field) => !fields.has(field))).toEqual([]);
    count += names.length;
  }
  expect(count).toBeGreaterThan(1300);
});
