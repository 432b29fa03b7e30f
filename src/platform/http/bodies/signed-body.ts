import { randomUUID } from 'node:crypto';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, problemOf } from '../../errors/problem.js';
import { clientKey } from '../../network/client-address.js';

/** A body whose signature can be judged only when all of it is there: until then it is a stranger's. */
export const UNPROVEN_MAX_BYTES = 256 * 1024;
/** Of a vendor that tells many things at once, where the length is said before. */
const LARGE_MAX_BYTES = 2 * 1024 * 1024;
const READ_WITHIN_MS = 10_000;
/** Bodies that are read at the same time, by this process and of one client: 40 MB of strangers' bytes at most. */
const READING_MAX = { usual: 128, large: 4, ofOneClient: 32 };
const RETRY_SECONDS = 5;
/** No client can know the name, so no other route reads as much. */
const TYPES = { usual: 'application/octet-stream', large: `application/x-large-${randomUUID()}` };

type Size = 'usual' | 'large';

/** Bodies that are read at this moment. */
const reading = { usual: 0, large: 0, byClient: new Map<string, number>() };

/**
 * Gives the handler the body as the bytes that were sent, whatever they are said to be: a signature is over bytes. At
 * most 256 kB (else 413), or 2 MB with `upTo: 'large'` and a content-length, within 10 s (else 408). 128 at a time, 4
 * large ones, 32 of one client (else 503, and the vendor sends it again).
 */
export const SignedBody = ({ upTo = 'usual' }: { upTo?: Size } = {}): MethodDecorator =>
  RouteConfig({ signedBody: upTo });

/** How much a route with `@SignedBody()` reads, in words; null for another route. */
export function signedBodyMax({ routeOptions }: FastifyRequest): string | null {
  const { signedBody: upTo } = routeOptions.config as FastifyContextConfig & { signedBody?: Size };
  if (!upTo) return null;
  return upTo === 'usual'
    ? 'it may hold 256 kB'
    : 'it may hold 2 MB where Content-Length says so, else 256 kB';
}

/** Sees to it that routes with `@SignedBody()` get a Buffer, and that waiting for it costs a bounded memory. */
export function takeSignedBodies(fastify: FastifyInstance): void {
  const limits = { usual: UNPROVEN_MAX_BYTES, large: LARGE_MAX_BYTES };
  for (const size of ['usual', 'large'] as const) {
    const options = { parseAs: 'buffer', bodyLimit: limits[size] } as const;
    fastify.addContentTypeParser(TYPES[size], options, (_request, body, done) => done(null, body));
  }
  fastify.addHook('onRequest', (request, reply, done) => {
    const { signedBody: upTo } = request.routeOptions.config as FastifyContextConfig & { signedBody?: Size };
    if (!upTo) {
      done();
      return;
    }
    const isLarge = upTo === 'large' && Number(request.headers['content-length'] ?? 0) > UNPROVEN_MAX_BYTES;
    const size = isLarge ? 'large' : 'usual';
    request.headers['content-type'] = TYPES[size];
    const client = clientKey(request.ip);
    const ofClient = reading.byClient.get(client) ?? 0;
    if (reading[size] >= READING_MAX[size] || ofClient >= READING_MAX.ofOneClient) {
      reply.header('retry-after', RETRY_SECONDS);
      const detail = 'Too many webhooks arrive at this moment.';
      refuse(request, reply, problemOf(503, 'not_available', detail));
      return;
    }
    begin(size, client, request, reply);
    done();
  });
}

function begin(size: Size, client: string, request: FastifyRequest, reply: FastifyReply): void {
  const { byClient } = reading;
  reading[size] += 1;
  byClient.set(client, (byClient.get(client) ?? 0) + 1);
  const late = setTimeout(() => {
    const detail = `The body was not there within ${READ_WITHIN_MS / 1000} s.`;
    refuse(request, reply, problemOf(408, 'request_timeout', detail));
  }, READ_WITHIN_MS);
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(late);
    reading[size] -= 1;
    const others = byClient.get(client)! - 1;
    if (others > 0) byClient.set(client, others);
    else byClient.delete(client);
  };
  request.raw.once('end', end).once('close', end);
}

/** Answers before the body is there, and ends the connection: the rest of the body is not wanted. */
function refuse(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  if (reply.sent) return;
  reply.raw.once('finish', () => request.raw.destroy());
  void reply
    .status(problem.status)
    .header('connection', 'close')
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send({ ...problem, request_id: request.id });
}
