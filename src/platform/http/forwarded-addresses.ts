import type { FastifyInstance } from 'fastify';
import { cleanForwardedFor } from '../network/client-address.js';

/** Stands for the address of a client that was gone before anybody looked. */
const GONE = 'unknown';

/**
 * Has `request.ip` be an address, whatever a proxy writes: it is kept as evidence and clients are limited by it. It is
 * that of the beginning until the end: a socket has none any more once its client went away.
 */
export function readForwardedAddresses(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request;
    const given = headers['x-forwarded-for'];
    if (given !== undefined) {
      const clean = cleanForwardedFor(String(given));
      if (clean === '') delete headers['x-forwarded-for'];
      else headers['x-forwarded-for'] = clean;
    }
    const address = request.ip as string | undefined;
    Object.defineProperty(request, 'ip', { value: address ?? GONE });
    done();
  });
}
