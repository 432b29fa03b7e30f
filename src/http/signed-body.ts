import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';

/** A vendor's webhook is at most so large. */
const SIGNED_BODY_MAX_BYTES = 256 * 1024;

const BYTES = 'application/octet-stream';

/** Gives the handler the body as the bytes that were sent, whatever they are said to be: a signature is over bytes. */
export const SignedBody = (): MethodDecorator => RouteConfig({ signedBody: true });

/** Sees to it that routes with `@SignedBody()` get a Buffer, of at most 256 kB. */
export function takeSignedBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(
    BYTES,
    { parseAs: 'buffer', bodyLimit: SIGNED_BODY_MAX_BYTES },
    (_request, body, done) => done(null, body),
  );
  fastify.addHook('onRequest', async ({ headers, routeOptions }) => {
    const config = routeOptions.config as FastifyContextConfig & { signedBody?: true };
    if (config.signedBody) headers['content-type'] = BYTES;
  });
}
