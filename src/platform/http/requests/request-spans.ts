import type { FastifyInstance, FastifyRequest } from 'fastify';
import { causedBy, correlation, type Correlation } from '../../correlation/correlation.js';
import { beginSpan, isTracing, type Span } from '../../tracing/tracing.js';
import { PROBES } from '../probes.js';
import { onRequestEnd } from './request-end.js';

const spans = new WeakMap<FastifyRequest, { span: Span; work: Correlation | undefined }>();

/**
 * Makes each request a span, and the cause of what follows from it; comes after `logRequests`. A stranger's
 * `traceparent` is named as a link: as a parent it would decide which traces are kept, and put its own between ours.
 */
export function traceRequests(fastify: FastifyInstance): void {
  if (!isTracing()) return;
  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    if (!PROBES.has(route)) begin(request, route);
    done();
  });
  onRequestEnd(fastify, (request, _reply, status) => {
    const { span, work } = spans.get(request) ?? {};
    span?.end({
      attributes: {
        'http.response.status_code': status,
        'crm.org_id': work?.actor?.orgId,
        'crm.stripe_event_id': work?.cause.stripeEventId,
        'crm.problem': work?.problem,
      },
      error: status >= 500 ? (work?.problem ?? String(status)) : undefined,
    });
  });
}

function begin(request: FastifyRequest, route: string): void {
  const { traceparent } = request.headers;
  const span = beginSpan({
    name: `${request.method} ${route}`,
    kind: 'server',
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      'crm.request_id': request.id,
    },
    link: typeof traceparent === 'string' ? traceparent : undefined,
  });
  if (!span) return;
  causedBy({ traceparent: span.traceparent });
  spans.set(request, { span, work: correlation() });
}
