export type Json = null | boolean | number | string | Json[] | Body;

/** A record as it travels: an entity, or a part of one. Absent fields are absent, never null. */
export interface Body {
  [field: string]: Json | undefined;
}

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The complex value under `field`, or an empty one. */
export function partOf(body: Body | undefined, field: string): Body {
  const value = body?.[field];
  return isBody(value) ? value : {};
}

/** The rows under `field` (`Line`, `LinkedTxn`), or none. */
export function rowsOf(body: Body | undefined, field: string): Body[] {
  const value = body?.[field];
  return Array.isArray(value) ? value.filter(isBody) : [];
}

/** A string under `field`; digits sent as a number count as the string they spell. */
export function textOf(body: Body | undefined, field: string): string | undefined {
  const value = body?.[field];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** The Id a reference points at: `{"CustomerRef": {"value": "60"}}` gives `60`. */
export function refOf(body: Body | undefined, field: string): string | undefined {
  return textOf(partOf(body, field), 'value');
}

/**
 * Whether two values would read the same, whatever the order of their fields. An absent field equals an
 * undefined one.
 */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => sameJson(value, b[index]));
  }
  return isBody(a) && isBody(b) && sameBut(a, b, []);
}

/** Whether two bodies would read the same but for the named fields. */
export function sameBut(a: Body, b: Body, fields: readonly string[]): boolean {
  for (const key in a) if (!fields.includes(key) && !sameJson(a[key], b[key])) return false;
  for (const key in b)
    if (b[key] !== undefined && a[key] === undefined && !fields.includes(key)) return false;
  return true;
}

/** A copy without the named fields. */
export function without(body: Body, ...fields: string[]): Body {
  const copy: Body = {};
  for (const key in body) if (!fields.includes(key)) copy[key] = body[key];
  return copy;
}

/** A value as text, for a message about it. */
export function spelled(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
