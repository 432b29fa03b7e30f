import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What stands for the status of an answer that its client did not wait for, as in the logs of nginx. */
export const CLIENT_WENT_AWAY = 499;

export type EndListener = (request: FastifyRequest, reply: FastifyReply, status: number) => void;

const listeners = new WeakMap<FastifyInstance, EndListener[]>();

/**
 * Calls when a request is over: answered, or left by its client, whose status is then 499 unless the answer had begun.
 * The server's own `onResponse` never tells of the latter, nor of a stream that its reader ended.
 */
export function onRequestEnd(fastify: FastifyInstance, listener: EndListener): void {
  const known = listeners.get(fastify);
  if (known) {
    known.push(listener);
    return;
  }
  const all = [listener];
  listeners.set(fastify, all);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      const status = reply.raw.headersSent ? reply.raw.statusCode : CLIENT_WENT_AWAY;
      for (const one of all) one(request, reply, status);
    });
    done();
  });
}
