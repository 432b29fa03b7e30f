type Json = Readonly<Record<string, unknown>>;

/** The value null alone, as OpenAPI 3.0 can say it. */
const NULL = { type: 'object', nullable: true, enum: [null] };

/**
 * A description in which null passes wherever a field may be null. `nullable` adds null to the type that stands beside
 * it and to nothing else: not to the values of an `enum`, nor to what `allOf` or `oneOf` refer to. Pure.
 */
export function nullableSchemas<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map((item) => nullableSchemas<unknown>(item)) as Node;
  if (typeof node !== 'object' || node === null) return node;
  const schema: Json = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, nullableSchemas<unknown>(value)]),
  );
  return (schema.nullable === true ? withNull(schema) : schema) as Node;
}

function withNull(schema: Json): Json {
  const { nullable, type, allOf, oneOf, ...rest } = schema;
  if (Array.isArray(allOf)) return { ...rest, oneOf: [allOf.length === 1 ? allOf[0] : { allOf }, NULL] };
  if (Array.isArray(oneOf)) return { ...rest, oneOf: [...(oneOf as unknown[]), NULL] };
  const values = rest.enum;
  if (!Array.isArray(values) || values.includes(null)) return schema;
  return { ...rest, type, nullable, enum: [...(values as unknown[]), null] };
}
