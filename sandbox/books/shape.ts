import type { Entity } from './catalog.ts';
import { badDate, badEmail, badEnum, badLength, badNumber, unknownProperty, unparsable } from './fault.ts';
import type { Field } from './fields/field.ts';
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

function limitsWithin(field: string): Record<string, number> {
  if (EMAILS.has(field)) return { Address: 100 };
  if (PHONES.has(field)) return { FreeFormNumber: 30 };
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

function partFrom({ name, kind }: Field, value: Json): Body {
  if (!isBody(value)) throw unparsable(`${name} is not an object`);
  if (kind === 'ref' && typeof value.value === 'number') return { ...value, value: String(value.value) };
  checkLengths(value, limitsWithin(name));
  checkEmail(name, value);
  return value;
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
      if (value === 'true' || value === 'false') return value === 'true';
      if (typeof value !== 'boolean') throw unparsable(`${field.name} is not a boolean`);
      return value;
    case 'number':
      if (!isDecimal(value)) throw badNumber(field.name, spelled(value));
      return Number(value);
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
  const writable: Body = {};
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    const field = entity.fields.get(name);
    if (!field) throw unknownProperty(name);
    if (field.readOnly || name === 'sparse') continue;
    writable[name] = isEmpty(value) ? undefined : valueOf(field, value);
  }
  return writable;
}
