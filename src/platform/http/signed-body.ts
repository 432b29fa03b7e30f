import { randomUUID } from 'node:crypto';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';

/** How large a vendor's webhook may be, and the content type under which its bytes are read. */
interface SignedBodySize {
  maxBytes: number;
  contentType: string;
}

const USUAL_BODY: SignedBodySize = { maxBytes: 256 * 1024, contentType: 'application/octet-stream' };

/** For vendors that tell many things at once. No caller can know the name, so no other route reads as much. */
export const LARGE_BODY: SignedBodySize = {
  maxBytes: 2 * 1024 * 1024,
  contentType: `application/x-large-${randomUUID()}`,
};

/**
 * Gives the handler the body as the bytes that were sent, whatever they are said to be: a signature is over bytes. At
 * most
 * 256 kB, or 2 MB of a LARGE_BODY.
 */
export const SignedBody = (size: SignedBodySize = USUAL_BODY): MethodDecorator =>
  RouteConfig({ signedBody: size });

/** Sees to it that routes with `@SignedBody()` get a Buffer. */
export function takeSignedBodies(fastify: FastifyInstance): void {
  for (const { maxBytes, contentType } of [USUAL_BODY, LARGE_BODY]) {
    fastify.addContentTypeParser(
      contentType,
      { parseAs: 'buffer', bodyLimit: maxBytes },
      (_request, body, done) => done(null, body),
    );
  }
  fastify.addHook('onRequest', async ({ headers, routeOptions }) => {
    const { signedBody } = routeOptions.config as FastifyContextConfig & { signedBody?: SignedBodySize };
    if (signedBody) headers['content-type'] = signedBody.contentType;
  });
}
