import { expect, it } from 'vitest';
import { ENTITIES } from '../catalog.ts';
import { SCHEMA_TYPES, schemaTypeOf } from './schema.ts';

it('every field of Intuit’s schema is known, which is counted', () => {
  let count = 0;
  for (const [name, { fields }] of ENTITIES) {
    const names = Object.keys(schemaTypeOf(name)).filter((field) => !field.startsWith('@'));
    expect(names.filter((field) => !fields.has(field))).toEqual([]);
    count += names.length;
  }
  const nested = Object.values(SCHEMA_TYPES).reduce((sum, fields) => sum + Object.keys(fields).length, 0);
  process.stdout.write(
    `Intuit’s schema: all ${count} fields of ${ENTITIES.size} entities known; ${nested} with those of parts\n`,
  );
  expect(count).toBeGreaterThan(1300);
});
