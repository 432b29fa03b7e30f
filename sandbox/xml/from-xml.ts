import type { Body, Json } from '../books/json.ts';
import { SCHEMA_TYPES, schemaTypeOf } from '../books/fields/schema.ts';
import { type Element, parseXml } from './parse.ts';

/** A reference: its text is the value, its attributes the rest. */
function isReference(type: Readonly<Record<string, string>>): boolean {
  return 'value' in type && Object.keys(type).every((name) => name === 'value' || name.startsWith('@'));
}

function scalar(kind: string, text: string): Json {
  if (kind === 'flag' && (text === 'true' || text === 'false')) return text === 'true';
  if (kind === 'number' && text !== '' && Number.isFinite(Number(text))) return Number(text);
  return text;
}

function valueOf(element: Element, kind: string): Json {
  const type = SCHEMA_TYPES[kind];
  if (!type) return element.children.length > 0 ? bodyOf(element, {}) : scalar(kind, element.text.trim());
  if (isReference(type)) return { value: element.text.trim(), ...element.attributes };
  return bodyOf(element, type);
}

function bodyOf(element: Element, type: Readonly<Record<string, string>>): Body {
  const body: Body = {};
  for (const [name, value] of Object.entries(element.attributes))
    if (type[`@${name}`] !== undefined || name === 'sparse')
      body[name] = scalar(type[`@${name}`] ?? 'flag', value);
  for (const child of element.children) {
    const kind = type[child.name] ?? 'text';
    if (!kind.endsWith('[]')) body[child.name] = valueOf(child, kind);
    else {
      const known = body[child.name];
      body[child.name] = [...(Array.isArray(known) ? known : []), valueOf(child, kind.slice(0, -2))];
    }
  }
  return body;
}

/**
 * An entity as JSON clients send it: `<Customer sparse="true"><Id>1</Id>…`; of a template the document that stands in
 * it.
 */
export function entityFromXml(element: Element): Body {
  if (element.name === 'RecurringTransaction')
    return Object.fromEntries(element.children.map((child) => [child.name, entityFromXml(child)]));
  return bodyOf(element, schemaTypeOf(element.name));
}

function batchItem(item: Element): Body {
  const children = item.children.map((child): [string, Json] => [
    child.name,
    child.name === 'Query' || child.name === 'OptionsData' ? child.text.trim() : entityFromXml(child),
  ]);
  return { ...item.attributes, ...Object.fromEntries(children) };
}

/** The body of a request in XML as the same request in JSON: one entity, or the items of a batch. */
export function requestFromXml(source: string): Body {
  const root = parseXml(source);
  if (root.name !== 'IntuitBatchRequest') return entityFromXml(root);
  return { BatchItemRequest: root.children.filter(({ name }) => name === 'BatchItemRequest').map(batchItem) };
}
