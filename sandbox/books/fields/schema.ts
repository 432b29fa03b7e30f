import { type FieldTable, day, flag, instant, number, part, ref, rows, text } from './field.ts';
import schema from './finance-schema.json' with { type: 'json' };

/**
 * The names and types of the accounting API, generated from the facts in Intuit's public Finance.xsd: for
 * each complex type its fields in the order XML needs, a scalar kind, `enum:…`, or another type; `[]` for
 * what repeats, `@` for XML attributes.
 */
export const SCHEMA_TYPES = schema.types as Readonly<Record<string, Readonly<Record<string, string>>>>;
export const SCHEMA_ENUMS = schema.enums as Readonly<Record<string, readonly string[]>>;

function declarationOf(type: string): FieldTable[string] {
  if (type.endsWith('[]')) return rows();
  if (type === 'ReferenceType') return ref();
  if (type === 'flag') return flag({ queryable: false });
  if (type === 'number') return number({ queryable: false });
  if (type === 'day') return day({ queryable: false });
  if (type === 'instant') return instant({ queryable: false });
  return type === 'text' || type.startsWith('enum:') ? text({ queryable: false }) : part();
}

/** The type of an entity; the API calls a credit card payment by another name than the schema. */
export function schemaTypeOf(entity: string): Readonly<Record<string, string>> {
  return SCHEMA_TYPES[entity === 'CreditCardPayment' ? 'CreditCardPaymentTxn' : entity] ?? {};
}

/** Every field the schema has for an entity: taken and kept, with no rule of its own. */
export function schemaFieldsOf(entity: string): FieldTable {
  const fields = Object.entries(schemaTypeOf(entity)).filter(([name]) => !name.startsWith('@'));
  return Object.fromEntries(fields.map(([name, type]) => [name, declarationOf(type)]));
}
