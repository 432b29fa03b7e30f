import type { Entity } from '../catalog.ts';
import { queryInvalid } from '../fault.ts';
import { type Body, partOf, refOf, textOf } from '../json.ts';
import { parseTime } from '../pacific.ts';
import type { Row } from '../company-state.ts';
import type { Switches } from '../../switches.ts';

type Key = string | number | boolean | undefined;

/**
 * A property one may filter and sort by: how to read it from a record, and how to read a literal to compare
 * with.
 */
export interface Property {
  name: string;
  keyOf(row: Row): Key;
  literal(text: string): Key;
}

/** What the query sees of a time: whole seconds, as `MetaData` shows them. */
function second(instant: number): number {
  return Math.floor(instant / 1000) * 1000;
}

function timeLiteral(text: string): number {
  const instant = parseTime(text);
  if (!instant) throw queryInvalid(`value ${text} is not a valid date or time`);
  return instant.getTime();
}

/** The day of a literal, whose time, if it has one, does not count. */
function dayLiteral(text: string): string {
  timeLiteral(text);
  return text.trim().slice(0, 10);
}

const METADATA: Record<string, Property> = {
  'metadata.createtime': {
    name: 'MetaData.CreateTime',
    keyOf: (row) => second(row.createdAt),
    literal: timeLiteral,
  },
  'metadata.lastupdatedtime': {
    name: 'MetaData.LastUpdatedTime',
    keyOf: (row) => second(row.updatedAt),
    literal: timeLiteral,
  },
};

/** Ids are numbers to sort by, but for the tax codes named TAX and NON. */
function idKey(text: string | undefined): Key {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

function lower(text: string | undefined): string | undefined {
  return text?.toLowerCase();
}

function numberKey(text: string | undefined): Key {
  return text === undefined ? undefined : Number(text);
}

const READERS: Record<string, { key(body: Body, name: string): Key; literal(text: string): Key }> = {
  number: { key: (body, name) => numberKey(textOf(body, name)), literal: numberKey },
  flag: { key: (body, name) => body[name] === true, literal: (text) => text.toLowerCase() === 'true' },
  day: { key: (body, name) => textOf(body, name), literal: dayLiteral },
  ref: { key: (body, name) => idKey(refOf(body, name)), literal: idKey },
  part: { key: (body, name) => lower(textOf(partOf(body, name), 'Address')), literal: lower },
  text: { key: (body, name) => lower(textOf(body, name)), literal: lower },
};

/** The property of that name in any case; 4001 for one that does not exist or may not be asked about. */
export function propertyOf(entity: Entity, name: string, idOrder: Switches['idOrder'] = 'numeric'): Property {
  const known = METADATA[name.toLowerCase()];
  if (known) return known;
  const plain = name.replace(/\.Address$/i, '');
  const field = [...entity.fields.values()].find((one) => one.name.toLowerCase() === plain.toLowerCase());
  if (!field || name.includes('.') !== (plain !== name)) {
    throw queryInvalid(`Property ${name} not found for Entity ${entity.name}`);
  }
  if (!field.queryable) throw queryInvalid(`property '${field.name}' is not queryable`);
  if (field.name === 'Id') {
    const keyOfId = idOrder === 'numeric' ? idKey : (text: string | undefined): Key => text;
    return { name: 'Id', keyOf: (row) => keyOfId(textOf(row.body, 'Id')), literal: keyOfId };
  }
  const reader = READERS[field.kind] ?? READERS.text!;
  return {
    name: field.name,
    keyOf: (row) => reader.key(row.body, field.name),
    literal: (text) => reader.literal(text),
  };
}

/** The spelling of a selected field; any field of the record may be selected. */
export function selectedField(entity: Entity, name: string): string {
  const first = name.split('.')[0]!.toLowerCase();
  const field = [...entity.fields.values()].find((one) => one.name.toLowerCase() === first);
  if (!field) throw queryInvalid(`Property ${name} not found for Entity ${entity.name}`);
  return field.name;
}

/** Negative, zero or positive; absent values come first. */
export function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (typeof a === typeof b) return a < b ? -1 : 1;
  return String(a) < String(b) ? -1 : 1;
}
