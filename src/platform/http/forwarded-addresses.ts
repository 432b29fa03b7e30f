import type { FastifyInstance } from 'fastify';
import { cleanForwardedFor } from '../network/client-address.js';

/** Has `request.ip` be an address, whatever a proxy writes: it is kept as evidence and clients are limited by it. */
export function readForwardedAddresses(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    const given = headers['x-forwarded-for'];
    if (given !== undefined) {
      const clean = cleanForwardedFor(String(given));
      if (clean === '') delete headers['x-forwarded-for'];
      else headers['x-forwarded-for'] = clean;
    }
    done();
  });
}
