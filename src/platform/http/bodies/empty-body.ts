import type { FastifyInstance } from 'fastify';

/**
 * Many clients name a type of body on every POST, also on one that has none. Such a request counts as one without a
 * body instead of a malformed one. Of a body whose length is not said before, only its end tells.
 */
export function acceptEmptyBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    const isEmpty =
      headers['content-length'] === '0' || (!headers['content-length'] && !headers['transfer-encoding']);
    if (isEmpty && headers['content-type'] !== undefined) delete headers['content-type'];
    done();
  });
}
