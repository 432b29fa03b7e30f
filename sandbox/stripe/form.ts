/** A nested form as Stripe's SDKs send it: `line_items[0][price_data][currency]=usd`. */
export interface Form {
  [field: string]: string | Form;
}

/** Levels of brackets read in a field name; deeper ones are cut off. */
const depthMax = 8;

/**
 * Unfolds a form's bracketed names. Lists become objects with the keys `0`, `1`, …; a later value replaces an
 * earlier one. Pure.
 */
export function formOf(encoded: string): Form {
  const form: Form = Object.create(null) as Form;
  let listIndex = 0;
  for (const [name, value] of new URLSearchParams(encoded)) {
    const path = name
      .replaceAll(']', '')
      .split('[')
      .map((part) => (part === '' ? String(listIndex++) : part))
      .slice(0, depthMax);
    const last = path.pop() ?? '';
    let place = form;
    for (const part of path) {
      const inner = place[part];
      place = typeof inner === 'object' ? inner : ((place[part] = Object.create(null) as Form), place[part]);
    }
    place[last] = value;
  }
  return form;
}

/** The value under a path such as `['payment_intent_data', 'description']`, when it is a text. */
export function textAt(form: Form, ...path: readonly string[]): string | undefined {
  let value: string | Form | undefined = form;
  for (const part of path) value = typeof value === 'object' ? value[part] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The form under a name, or an empty one. */
export function formAt(form: Form, name: string): Form {
  const value = form[name];
  return typeof value === 'object' ? value : {};
}

/** The items of a list, in the order they were sent. */
export function listAt(form: Form, name: string): (string | Form)[] {
  return Object.values(formAt(form, name));
}

/** A flat map such as `metadata`; nested values are left out. */
export function textsAt(form: Form, name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(formAt(form, name)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
