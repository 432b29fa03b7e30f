import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

const made = new WeakMap<FastifyInstance, Record<string, string>>();

/**
 * Gives every answer its request's id, keeps it out of caches, and says to browsers what helmet advises. Those headers
 * are the same for every answer, so they are made once, at the start.
 */
export function setAnswerHeaders(fastify: FastifyInstance, options: HelmetOptions): void {
  const headers = { ...securityHeaders(options), 'cache-control': 'no-store' };
  made.set(fastify, headers);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers).header('x-request-id', request.id);
    done();
  });
}

/** The headers of every answer, for those that no hook is called for. None before `setAnswerHeaders`. */
export function answerHeadersOf(fastify: FastifyInstance): Record<string, string> {
  return made.get(fastify) ?? {};
}

/** The headers that helmet sets with these options, by their names in lower case. */
function securityHeaders(options: HelmetOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string | number) => (headers[name.toLowerCase()] = String(value)),
    removeHeader: () => {}, // of another framework
  };
  helmet(options)({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error) throw error;
  });
  return headers;
}
