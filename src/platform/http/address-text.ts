import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors/domain-error.js';
import { isForPeople } from '../errors/human-pages.js';

const ESCAPES = /(?:%[\da-f]{2})+/gi;

/**
 * Refuses with 400 an address that holds the character 0: no text does, and PostgreSQL takes none, so whatever
 * parameter it stands in would come back as an error of ours. Of a program's question also what is escaped in another
 * encoding than UTF-8: it would be read as other letters, and nothing be found by them. Pages open all the same, since
 * whoever passes a link on may have written anything behind it.
 */
export function refuseUnreadableAddresses(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { url } = request;
    if (url.includes('%00')) {
      throw malformed(
        'The address holds the character 0, written %00, which is part of no text. Leave it out.',
      );
    }
    if (url.includes('%') && !request.is404 && !isUtf8(url) && !isForPeople(request)) {
      throw malformed('The address is not UTF-8. Escape what it asks for as UTF-8: é is %C3%A9.');
    }
    done();
  });
}

/** Whether what is escaped is text in UTF-8; a sign that escapes nothing stands for itself. Pure. */
function isUtf8(url: string): boolean {
  try {
    for (const [escaped] of url.matchAll(ESCAPES)) decodeURIComponent(escaped);
    return true;
  } catch {
    return false;
  }
}

function malformed(detail: string): DomainError {
  return new DomainError('bad_request', 'malformed_address', detail);
}
