import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** What an endpoint answered, and when. `status` is null when no answer came in time. */
export interface Attempt {
  at: Date;
  status: number | null;
  error: string | null;
  tookMs: number;
}

export interface Message {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** The bytes to send, as UTF-8 text. */
  body: string;
  /** Without an answer by then the attempt has failed. */
  withinMs: number;
}

/** POSTs once, on a connection of its own, and says how it went. Never throws, follows no redirect. */
export function send(message: Message, at: Date, closing: AbortSignal): Promise<Attempt> {
  const { url, headers, body, withinMs } = message;
  const startedMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const end = (status: number | null, error: string | null): void =>
    resolve({ at, status, error, tookMs: Math.round(performance.now() - startedMs) });
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  const outgoing = request(
    url,
    {
      method: 'POST',
      agent: false,
      signal: AbortSignal.any([closing, AbortSignal.timeout(withinMs)]),
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    },
    (answer) => {
      answer.resume();
      answer.on('end', () => end(answer.statusCode ?? null, null));
      answer.on('error', (error) => end(null, error.message));
    },
  );
  outgoing.on('error', (error) =>
    end(
      null,
      error.name === 'AbortError' ? `not acknowledged within ${withinMs / 1000} seconds` : error.message,
    ),
  );
  outgoing.end(body);
  return promise;
}
