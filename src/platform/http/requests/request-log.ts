import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { BaseLogger } from 'pino';
import { type Actor, type Correlation, correlated, correlation } from '../../correlation/correlation.js';
import { readTraceparent } from '../../tracing/traceparent.js';
import { PROBES } from '../probes.js';
import { onRequestEnd } from './request-end.js';

/** What a caller may name a request by. */
const CLIENT_REQUEST_ID = /^[\w.:-]{8,128}$/;

const works = new WeakMap<FastifyRequest, Correlation>();

/**
 * Makes each request a piece of work, and writes one line when it is over: who, of which organisation, from where,
 * the route's template, status and duration. 4xx are warnings, 5xx errors. A raw path is never written: it may hold the
 * token of a customer's link.
 *
 * By hooks of the server, not by a middleware of Nest: those are bound to a pattern of paths, and a pattern that
 * matches nothing is not noticed.
 */
export function logRequests(
  fastify: FastifyInstance,
  log: BaseLogger & { isLevelEnabled(level: string): boolean },
): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const work: Correlation = { cause: { requestId: request.id }, actor: null, ip: request.ip };
    works.set(request, work);
    correlated(work, done);
  });
  // A body arrives in the context of its socket; what handles it is part of the request again from here on.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const work = works.get(request);
    if (work && correlation() !== work) correlated(work, done);
    else done();
  });
  onRequestEnd(fastify, (request, reply, status, code) => {
    const work = works.get(request);
    const problem = code ?? work?.problem;
    const route = request.routeOptions.url ?? 'unmatched';
    const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : PROBES.has(route) ? 'debug' : 'info';
    if (!log.isLevelEnabled(level)) return;
    const actor = actorOf(request) ?? work?.actor;
    log[level](
      {
        context: 'Request',
        request_id: request.id,
        ...clientRequestIdOf(request),
        ...traceOf(work),
        ...(actor ? { user_id: actor.userId, org_id: actor.orgId } : {}),
        ...(work?.cause.stripeEventId === undefined ? {} : { stripe_event_id: work.cause.stripeEventId }),
        ip: request.ip,
        method: request.method,
        route,
        status,
        ...(problem === undefined ? {} : { code: problem }),
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request completed',
    );
  });
}

function actorOf(request: FastifyRequest): Actor | undefined {
  return (request as FastifyRequest & { user?: Actor }).user;
}

/** The caller's own id of the request. It is never ours: a stranger could give two requests the same. */
function clientRequestIdOf({ headers }: FastifyRequest): { client_request_id?: string } {
  const given = headers['x-request-id'];
  return typeof given === 'string' && CLIENT_REQUEST_ID.test(given) ? { client_request_id: given } : {};
}

function traceOf(work: Correlation | undefined): { trace_id?: string } {
  const trace = readTraceparent(work?.cause.traceparent);
  return trace ? { trace_id: trace.traceId } : {};
}
