import type { FastifyInstance } from 'fastify';
import type { MetricsService } from '../metrics/metrics.service.js';

/** Times every answer under its route template; a path without a route counts as `unmatched`, whatever it was. */
export function observeRequests(fastify: FastifyInstance, metrics: MetricsService): void {
  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    metrics.observeRequest(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
  });
}
