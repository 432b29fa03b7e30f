import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { humanPagesUnrouted } from '../../errors/human-pages.js';
import { type Problem, problemOf } from '../../errors/problem.js';
import { answerHeadersOf } from '../answer-headers.js';
import { refuseUnderWay } from './request-end.js';

/**
 * What the router refuses before there is a route: an address that cannot be read, or is too long. The server calls no
 * hook for it, so headers and the line of the log are made here. People who opened an address of theirs get a page.
 */
export function answerRouterError(
  { code }: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const problem =
    code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? problemOf(414, 'address_too_long', 'A part of the address is too long.')
      : problemOf(400, 'bad_request', 'The address cannot be read.');
  log(problem, { request_id: request.id, ip: request.ip, method: request.method });
  reply.headers(answerHeadersOf(request.server)).header('x-request-id', request.id);
  const page = humanPagesUnrouted(request);
  if (page) return page.send(reply, problem);
  void reply
    .status(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send({ ...problem, request_id: request.id });
}

/**
 * What Node refuses before there is a request, or while its body comes: not HTTP, headers without end, too slow. The
 * connection is closed.
 */
export function answerClientError(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const problem = problemOfClientError(error.code);
  const requestId = randomUUID();
  if (!refuseUnderWay(socket, problem)) log(problem, { request_id: requestId, ip: socket.remoteAddress });
  if (socket.writable) {
    const body = JSON.stringify({ ...problem, request_id: requestId });
    const headers = {
      ...answerHeadersOf(this),
      'x-request-id': requestId,
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const { status } = problem;
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  }
  socket.destroySoon();
}

/** An `Expect` that nobody can meet is ignored, as the standard allows; Node would answer it past every hook. */
export function ignoreExpectations(fastify: FastifyInstance): void {
  fastify.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    fastify.routing(request, response);
  });
}

function problemOfClientError(code: string | undefined): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problemOf(408, 'request_timeout', 'The request took too long to arrive.');
    case 'HPE_HEADER_OVERFLOW':
      return problemOf(431, 'headers_too_large', 'The headers of the request are too large.');
    default:
      return problemOf(400, 'bad_request', 'This is no HTTP request that can be read.');
  }
}

function log({ status, code }: Problem, facts: Record<string, unknown>): void {
  new Logger('Request').warn({ ...facts, route: 'unmatched', status, code }, 'request completed');
}
