import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { type Problem, problemOf } from '../errors/problem.js';
import { noRoute } from '../errors/refusal-words.js';
import { bearerToken } from './bearer-token.js';
import { isOperational } from './process-role-gate.js';

/** Connections that came in by the operations port: their requests need no token. */
const inside = new WeakSet<Socket>();

/**
 * Keeps `/metrics` to those who may read every organisation's figures: whoever brings `METRICS_TOKEN` (else 401); where
 * none is set everybody or, with `METRICS_OPEN` false, nobody (404); on the operations port everybody.
 */
export function guardMetrics(fastify: FastifyInstance, { metrics }: Pick<Config, 'metrics'>): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url !== '/metrics' || mayReadFigures(request, metrics)) {
      done();
      return;
    }
    if (metrics.token === undefined) {
      refuse(request, reply, notThere(request.method, request.url));
      return;
    }
    reply.header('www-authenticate', 'Bearer');
    refuse(request, reply, problemOf(401, 'unauthenticated', 'Send METRICS_TOKEN as a bearer token.'));
  });
}

/** Whether this caller may read figures over all organisations. */
export function mayReadFigures(request: FastifyRequest, { token, open }: Config['metrics']): boolean {
  if (inside.has(request.raw.socket)) return true;
  return token === undefined ? open : isBearer(request, token);
}

/** A second listener for `/metrics` and `/health*` alone, without a token. Answers where it listens and its end. */
export async function openOperationsPort(
  fastify: FastifyInstance,
  { port, host }: { port: number; host: string },
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (isOperational(request.url ?? '')) return fastify.routing(request, response);
    const problem = notThere(request.method ?? '', request.url ?? '');
    response.writeHead(404, { 'content-type': 'application/problem+json; charset=utf-8' });
    response.end(JSON.stringify(problem));
  });
  server.on('connection', (socket: Socket) => inside.add(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** Compares hashes, so that neither length nor content of the token shows in the time it takes. */
function isBearer({ headers }: FastifyRequest, token: string): boolean {
  const given = bearerToken(headers.authorization) ?? '';
  const [one, other] = [given, token].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}

function notThere(method: string, url: string): Problem {
  return problemOf(404, 'route_not_found', noRoute(method, url));
}

function refuse(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  void reply
    .status(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send({ ...problem, request_id: request.id });
}
