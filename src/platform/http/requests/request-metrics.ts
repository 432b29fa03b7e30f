import type { FastifyInstance } from 'fastify';
import { onRequestEnd } from './request-end.js';
import type { MetricsService } from '../../metrics/metrics.service.js';

/** Times every answer under its route template; a path without a route counts as `unmatched`, whatever it was. */
export function observeRequests(fastify: FastifyInstance, metrics: MetricsService): void {
  onRequestEnd(fastify, (request, reply, status) => {
    const route = request.routeOptions.url ?? 'unmatched';
    metrics.observeRequest(route, request.method, status, reply.elapsedTime / 1000);
  });
}
