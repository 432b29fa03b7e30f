import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors/domain-error.js';

/**
 * Refuses with 400 an address that holds the character 0: no text does, and PostgreSQL takes none, so whatever
 * parameter it stands in would come back as an error of ours.
 */
export function refuseNulInAddresses(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ url }, _reply, done) => {
    if (!url.includes('%00')) return done();
    throw new DomainError(
      'bad_request',
      'malformed_address',
      'The address holds the character 0, written %00, which is part of no text. Leave it out.',
    );
  });
}
