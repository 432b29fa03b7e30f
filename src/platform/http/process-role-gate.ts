import type { FastifyInstance } from 'fastify';
import { problemOf } from '../errors/problem.js';

const OPERATIONAL = /^\/(health|metrics)(\/|$|\?)/;

/** True for the health and the metrics of a process. Pure. */
export function isOperational(url: string): boolean {
  return OPERATIONAL.test(url);
}

/** A worker process answers only for its own health and metrics. */
export function serveOperationsOnly(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    if (isOperational(request.url)) return;
    const problem = problemOf(404, 'route_not_found', 'This process is a worker; the API runs elsewhere.');
    await reply.status(404).type('application/problem+json').send(problem);
  });
}
