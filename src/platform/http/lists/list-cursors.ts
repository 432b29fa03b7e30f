import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../errors/domain-error.js';

/** No letter of a cursor itself. */
const SEPARATOR = '.';
const MARK_LENGTH = 8;

/**
 * Ties each `next_cursor` to the list it was handed out by, as `aWQ6NTA.mZ3q0Rk1`: in another list it names no place,
 * and would skip rows in silence. Refuses it there with 400. One of before the lists were named in them goes on.
 */
export function tieCursorsToLists(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const query = request.query as Record<string, unknown>;
    const [place = '', mark] = typeof query.cursor === 'string' ? query.cursor.split(SEPARATOR) : [];
    if (mark === undefined) return done();
    if (mark !== markOf(request)) {
      throw new DomainError(
        'bad_request',
        'malformed_cursor',
        'This cursor is of another list. Use next_cursor of the page before of this one, unchanged.',
      );
    }
    query.cursor = place;
    done();
  });
  fastify.addHook('preSerialization', (request, _reply, payload, done) => {
    if (isPage(payload)) payload.next_cursor += SEPARATOR + markOf(request);
    done(null, payload);
  });
}

/** Of the list, by its address without what is asked of it: each proposal has an activity of its own. */
function markOf({ routeOptions: { url }, params }: FastifyRequest): string {
  const list = JSON.stringify([url, params]);
  return createHash('sha256').update(list).digest('base64url').slice(0, MARK_LENGTH);
}

function isPage(payload: unknown): payload is { next_cursor: string } {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'next_cursor' in payload &&
    typeof payload.next_cursor === 'string'
  );
}
