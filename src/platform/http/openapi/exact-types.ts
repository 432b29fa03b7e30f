type Json = Readonly<Record<string, unknown>>;

/** Numbers that may have a fraction; every other one is whole: ids, counts, days, cents. */
const WITH_FRACTION = /^(quantity|.*percent|amount_dollars|amount_usd|dso_days)$/;
const CENTS = /(^|_)cents$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T.*Z$/;
const MONTH = String.raw`^\d{4}-(0[1-9]|1[0-2])$`;

/**
 * A description that says of each number whether it is whole, and of each text whether it is a day, an instant or a
 * month: by it a program that was made from the description keeps cents as whole numbers. A field is known by its name
 * and its example; what it says of itself stays. Pure.
 */
export function exactTypes<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map((item) => exactTypes<unknown>(item)) as Node;
  if (!isObject(node)) return node;
  const entries = Object.entries(node).map(([key, value]) => {
    if (key === 'properties' && isObject(value)) return [key, fieldsOf(value)] as const;
    const inner = exactTypes(value);
    return [key, key === 'schema' && isObject(inner) ? schemaOf(node, inner) : inner] as const;
  });
  return Object.fromEntries(entries) as Node;
}

/** The schema of a parameter, whose example and words stand beside it; that of a body or an answer has no name. */
function schemaOf({ name, description }: Json, schema: Json): Json {
  return typeof name === 'string' ? exactField(name, schema, description) : schema;
}

function fieldsOf(properties: Json): Json {
  const fields = Object.entries(properties).map(([name, field]) => {
    const inner = exactTypes(field);
    return [name, isObject(inner) ? exactField(name, inner) : inner] as const;
  });
  return Object.fromEntries(fields);
}

function exactField(name: string, field: Json, words: unknown = field.description): Json {
  if (field.type === 'array' && isObject(field.items)) {
    return { ...field, items: exactField(name, field.items, words) };
  }
  if (field.type === 'number' && !WITH_FRACTION.test(name)) {
    return { ...field, type: 'integer', ...(CENTS.test(name) ? { format: 'int64' } : {}) };
  }
  return isPlainText(field) ? { ...field, ...textType(name, field.example, words) } : field;
}

/** Text of which nothing is said yet. */
function isPlainText({ type, format, enum: values, pattern }: Json): boolean {
  return type === 'string' && format === undefined && values === undefined && pattern === undefined;
}

function textType(name: string, example: unknown, words: unknown): Json {
  // What takes a day and an instant is neither.
  if (typeof words === 'string' && /\binstant\b/.test(words)) return {};
  const text = typeof example === 'string' ? example : '';
  if (DAY.test(text) || (example === null && name.endsWith('_on'))) return { format: 'date' };
  if (INSTANT.test(text) || (example === null && name.endsWith('_at'))) return { format: 'date-time' };
  return name === 'month' ? { pattern: MONTH } : {};
}

function isObject(node: unknown): node is Json {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}
