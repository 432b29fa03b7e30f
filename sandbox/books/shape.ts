import type { Entity } from './catalog.ts';
import { badDate, badEmail, badEnum, badLength, badNumber, unknownProperty, unparsable } from './fault.ts';
import type { Field } from './fields/field.ts';
import { SCHEMA_TYPES, schemaTypeOf } from './fields/schema.ts';
import { type Body, type Json, isBody, rowsOf, spelled } from './json.ts';
import { isDecimal } from './money.ts';
import { isDay } from './pacific.ts';

const ADDRESS = {
  Line1: 500,
  Line2: 500,
  Line3: 500,
  Line4: 500,
  Line5: 500,
  City: 255,
  Country: 255,
  CountrySubDivisionCode: 255,
  PostalCode: 30,
};
const EMAILS = new Set([
  'PrimaryEmailAddr',
  'BillEmail',
  'BillEmailCc',
  'BillEmailBcc',
  'POEmail',
  'ReplyEmail',
  'Email',
]);
const PHONES = new Set(['PrimaryPhone', 'AlternatePhone', 'Mobile', 'Fax']);
const PHONE_MAX = 30;

function limitsWithin(field: string, max: number | undefined): Record<string, number> {
  if (EMAILS.has(field)) return { Address: 100 };
  if (PHONES.has(field)) return { FreeFormNumber: max ?? PHONE_MAX };
  if (field === 'WebAddr') return { URI: 1000 };
  if (field === 'CustomerMemo') return { value: 1000 };
  if (field.endsWith('Addr')) return ADDRESS;
  return {};
}

function checkLengths(part: Body, limits: Record<string, number>): void {
  for (const [name, max] of Object.entries(limits)) {
    const value = part[name];
    if (typeof value === 'string' && value.length > max) throw badLength(name, max, value.length);
  }
}

function checkEmail(field: string, part: Body): void {
  const address = part.Address;
  if (!EMAILS.has(field) || typeof address !== 'string' || address === '') return;
  const wellFormed = address.split(',').every((one) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(one.trim()));
  if (!wellFormed) throw badEmail(field);
}

function dayOf(name: string, value: Json): string {
  const day = spelled(value).slice(0, 10);
  if (typeof value !== 'string' || !isDay(day)) throw badDate(name, spelled(value));
  return day;
}

function textFrom({ name, max }: Field, value: Json): string {
  if (typeof value === 'object') throw unparsable(`${name} is not a string`);
  const text = spelled(value);
  if (max !== undefined && text.length > max) throw badLength(name, max, text.length);
  return text;
}

function partFrom({ name, kind, max }: Field, value: Json): Body {
  if (!isBody(value)) throw unparsable(`${name} is not an object`);
  if (kind === 'ref' && typeof value.value === 'number') return { ...value, value: String(value.value) };
  checkLengths(value, limitsWithin(name, max));
  checkEmail(name, value);
  return value;
}

/** The most that QBO keeps of a number: eleven digits before the point. */
const NUMBER_MAX = 99_999_999_999.99;

function numberFrom(name: string, value: Json): number {
  const number = Number(value);
  if (!isDecimal(value) || Math.abs(number) > NUMBER_MAX) throw badNumber(name, spelled(value));
  return number;
}

function flagFrom(name: string, value: Json): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  if (typeof value !== 'boolean') throw unparsable(`${name} is not a boolean`);
  return value;
}

/** Younger than the schema: answered, or documented, and so they come with what is written. */
const YOUNGER = new Set(['CustomExtensions', 'Inactive', 'NoRefOnly']);

/** Refuses a name that a complex type does not have; one without any names of its own holds anything. */
function checkNames(types: Readonly<Record<string, string>>, body: Body): void {
  if (Object.keys(types).length === 0) return;
  const unknown = Object.keys(body).find(
    (name) => !(name in types || `@${name}` in types || YOUNGER.has(name)),
  );
  if (unknown !== undefined) throw unknownProperty(unknown);
}

/**
 * A complex value with the numbers and flags in it read by the schema, however deep they stand; those sent empty are
 * absent. Names the schema does not have are 2010.
 */
function inside(type: string | undefined, value: Json): Json {
  if (type?.endsWith('[]') && Array.isArray(value)) return value.map((one) => inside(type.slice(0, -2), one));
  const types = type === undefined ? undefined : SCHEMA_TYPES[type];
  if (!types || !isBody(value)) return value;
  checkNames(types, value);
  const read = Object.entries(value).map(([name, one]): [string, Json | undefined] => {
    const scalar = types[name] === 'number' || types[name] === 'flag';
    if (one === undefined || (scalar && (one === null || one === ''))) return [name, undefined];
    if (types[name] === 'number') return [name, numberFrom(name, one)];
    return [name, types[name] === 'flag' ? flagFrom(name, one) : inside(types[name], one)];
  });
  return Object.fromEntries(read.filter(([, one]) => one !== undefined));
}

function rowsFrom({ name }: Field, value: Json): Json {
  if (!Array.isArray(value)) throw unparsable(`${name} is not an array`);
  if (name === 'Line')
    for (const line of rowsOf({ value }, 'value')) checkLengths(line, { Description: 4000 });
  return value;
}

function valueOf(field: Field, value: Json): Json {
  switch (field.kind) {
    case 'flag':
      return flagFrom(field.name, value);
    case 'number':
      return numberFrom(field.name, value);
    case 'day':
      return dayOf(field.name, value);
    case 'enum':
      if (!field.values!.includes(spelled(value))) throw badEnum(field.name, spelled(value));
      return value;
    case 'part':
    case 'ref':
      return partFrom(field, value);
    case 'rows':
      return rowsFrom(field, value);
    default:
      return textFrom(field, value);
  }
}

/** True for what a client sends to clear a field: null, an empty text, an empty object. */
function isEmpty(value: Json): boolean {
  return value === null || value === '' || (isBody(value) && Object.keys(value).length === 0);
}

/**
 * Checks a request body field by field and returns what of it may be written: read-only fields are left out,
 * a field sent empty is present and undefined. Unknown names are 2010, lengths 2050, days 2060, numbers 2070,
 * lists of words 2170.
 */
export function writableOf(entity: Entity, body: Body): Body {
  const types = schemaTypeOf(entity.name);
  const writable: Body = {};
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    const field = entity.fields.get(name);
    if (!field) throw unknownProperty(name);
    if (field.readOnly || name === 'sparse') continue;
    writable[name] = isEmpty(value) ? undefined : inside(types[name], valueOf(field, value));
  }
  return writable;
}
