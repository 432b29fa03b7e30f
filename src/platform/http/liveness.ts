import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { answerHeadersOf } from './answer-headers.js';

const PATH = '/health/live';
const BODY = '{"status":"ok"}';
const CONTENT = { 'content-type': 'application/json; charset=utf-8', 'content-length': String(BODY.length) };
const CLOSING = ['connection', 'close'];

export interface LivenessNeeds {
  /** Whether probes are logged, and so have to pass by what logs. */
  readonly isLogged: () => boolean;
  readonly isDraining: () => boolean;
  readonly observe: (route: string, method: string, status: number, seconds: number) => void;
}

/**
 * Answers a plain `GET /health/live` before the framework is asked: it says that the event loop turns, which no guard,
 * router or hook has to say, and it is asked when there is least time to spare. The answer is the one that its
 * controller gives, which goes on to answer whatever is not plain: a query, another method, an origin, a probe that is
 * logged. Comes after `setAnswerHeaders`.
 */
export function answerLivenessEarly(fastify: FastifyInstance, needs: LivenessNeeds): void {
  // Names and values by turns, as Node sends them: sent with each answer, made once.
  const headers = Object.entries({ ...answerHeadersOf(fastify), ...CONTENT }).flat();
  askFirst(fastify.server, (request, response) => {
    if (!isPlain(request) || needs.isLogged()) return false;
    const begin = performance.now();
    const own = ['x-request-id', randomUUID(), ...(needs.isDraining() ? CLOSING : [])];
    response.writeHead(200, [...headers, ...own]).end(BODY);
    needs.observe(PATH, 'GET', 200, (performance.now() - begin) / 1000);
    return true;
  });
}

function isPlain({ method, url, headers }: IncomingMessage): boolean {
  return url === PATH && method === 'GET' && headers.origin === undefined;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Has `answer` see each request before those who listened until now, who see it where it answers false. */
function askFirst(server: Server, answer: (...asked: Parameters<Listener>) => boolean): void {
  const others = server.listeners('request') as Listener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (answer(request, response)) return;
    for (const other of others) other(request, response);
  });
}
