interface Shape {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  example?: unknown;
  allOf?: Shape[];
  oneOf?: Shape[];
  items?: Shape;
  properties?: Record<string, Shape>;
}

interface Content {
  schema: Shape;
  examples?: Record<string, { value: unknown }>;
}

interface Described {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, object> } }>>;
  components: { schemas: Record<string, unknown> };
}

export interface BodyToTry {
  method: string;
  path: string;
  body: unknown;
}

/** The bodies of JSON that the page of the API offers where somebody presses _Try it out_; not those of signing in. */
export function bodiesToTry({ paths, components }: Described): BodyToTry[] {
  const of = (shape: Shape): unknown => {
    if (shape.$ref) return of(components.schemas[shape.$ref.split('/').at(-1)!] as Shape);
    if (shape.example !== undefined) return shape.example;
    const [one] = shape.allOf ?? shape.oneOf ?? [];
    if (one) return of(one);
    if (shape.enum) return shape.enum[0];
    if (shape.items) return [of(shape.items)];
    const fields = Object.entries(shape.properties ?? {});
    if (fields.length > 0) return Object.fromEntries(fields.map(([name, field]) => [name, of(field)]));
    return shape.type === 'boolean' ? true : shape.type === 'string' ? 'string' : 0;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) => {
      const content = requestBody?.content['application/json'] as Content | undefined;
      if (!content || path.startsWith('/auth/')) return [];
      const examples = Object.values(content.examples ?? {}).map(({ value }) => value);
      return (examples.length > 0 ? examples : [of(content.schema)]).map((body) => ({ method, path, body }));
    }),
  );
}
