import { Agent, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

/** A control request the sandbox refused; `code` is QBO's own when the books refused it. */
export class SandboxRefusal extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, error: { message?: string; detail?: string; code?: string }) {
    super([error.code, error.message, error.detail].filter(Boolean).join(' '));
    this.status = status;
    this.code = error.code;
  }
}

/** Connections are used again, and none keeps a process alive. */
const plain = { request: httpRequest, agent: new Agent({ keepAlive: true }) };
const encrypted = { request: httpsRequest, agent: new TlsAgent({ keepAlive: true }) };

/**
 * One control request to a running sandbox; `path` is below `/sandbox`. Throws `SandboxRefusal`. Without `fetch`, which
 * takes three times the processor time: a load that is measured is driven from here.
 */
export async function controlRequest<T>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const { status, content } = await exchange(`${url}/sandbox${path}`, method, sent);
  const answer = JSON.parse(content) as { error?: { message?: string; detail?: string; code?: string } };
  if (status < 200 || status > 299) throw new SandboxRefusal(status, answer.error ?? {});
  return answer as T;
}

async function exchange(
  url: string,
  method: string,
  body: string | undefined,
): Promise<{ status: number; content: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; content: string }>();
  const { request, agent } = url.startsWith('https:') ? encrypted : plain;
  const headers =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const outgoing = request(url, { method, agent, headers }, (answer) => {
    text(answer).then((content) => resolve({ status: answer.statusCode ?? 0, content }), reject);
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
