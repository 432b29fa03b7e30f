import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

const METHODS = ['post', 'put', 'patch', 'delete'] as const;

/**
 * A description by which a body of JSON none of whose fields has to be there may be left out: that is how such a route
 * takes it. A body without described fields, such as a signed one, stays as it is. Pure.
 */
export function optionalBodies(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const changed = METHODS.flatMap((method) => {
      const operation = item[method];
      return operation && isOptional(operation, document) ? [[method, withOptionalBody(operation)]] : [];
    });
    return [path, { ...item, ...Object.fromEntries(changed) }];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

function isOptional({ requestBody }: Operation, document: OpenAPIObject): boolean {
  if (!requestBody || '$ref' in requestBody) return false;
  const said = requestBody.content['application/json']?.schema;
  const schema = said && '$ref' in said ? document.components?.schemas?.[nameOf(said.$ref)] : said;
  if (!schema || '$ref' in schema) return false;
  return Object.keys(schema.properties ?? {}).length > 0 && (schema.required ?? []).length === 0;
}

function withOptionalBody(operation: Operation): Operation {
  return {
    ...operation,
    requestBody: { ...(operation.requestBody as object), required: false },
  } as Operation;
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
