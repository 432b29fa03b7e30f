import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../../errors/problem.js';

/** What stands for the status of an answer that its client did not wait for, as in the logs of nginx. */
const CLIENT_WENT_AWAY = 499;

/** `code` says how it ended where no handler of ours answered. */
export type EndListener = (
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code?: string,
) => void;

const listeners = new WeakMap<FastifyInstance, EndListener[]>();

/** The last request of each connection, until it is over, and what Node answered in our place. */
const underWay = new WeakMap<Socket, { refusal?: Problem }>();

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
    const { socket } = request.raw;
    const work: { refusal?: Problem } = {};
    underWay.set(socket, work);
    reply.raw.once('close', () => {
      if (underWay.get(socket) === work) underWay.delete(socket);
      const { status, code } = endOf(reply, work.refusal);
      for (const one of all) one(request, reply, status, code);
    });
    done();
  });
}

/** Notes what Node answers to the request under way on a connection. Answers false where there is none. */
export function refuseUnderWay(socket: Socket, refusal: Problem): boolean {
  const work = underWay.get(socket);
  if (work) work.refusal = refusal;
  return work !== undefined;
}

function endOf({ raw }: FastifyReply, refusal: Problem | undefined): { status: number; code?: string } {
  if (raw.headersSent) return { status: raw.statusCode };
  return refusal ?? { status: CLIENT_WENT_AWAY, code: 'client_went_away' };
}
