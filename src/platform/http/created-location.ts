import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

type Response = NonNullable<OpenAPIObject['paths'][string]['get']>['responses'][string];

/** Says in `Location` where what was made can be asked for, if there is such a route below the one that made it. */
export function tellLocations(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (request, reply, payload, done) => {
    const { url } = request.routeOptions;
    const id = reply.statusCode === 201 ? idOf(payload) : null;
    if (id !== null && url && fastify.hasRoute({ method: 'GET', url: `${url}/:id` })) {
      reply.header('location', `${request.url.split('?', 1)[0]!}/${id}`);
    }
    done(null, payload);
  });
}

/** The description that says so. Pure. */
export function withLocations(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const created = item.post?.responses['201'];
    if (!created || !document.paths[`${path}/{id}`]?.get) return [path, item];
    const responses = { ...item.post!.responses, 201: withLocation(created) };
    return [path, { ...item, post: { ...item.post, responses } }];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

function withLocation(response: NonNullable<Response>): object {
  return {
    ...response,
    headers: { Location: { description: 'Where it can be asked for', schema: { type: 'string' } } },
  };
}

function idOf(payload: unknown): number | null {
  return typeof payload === 'object' && payload !== null && 'id' in payload && typeof payload.id === 'number'
    ? payload.id
    : null;
}
