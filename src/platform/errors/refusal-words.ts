import { cutText } from '../text/cut-text.js';

const ADDRESS_LENGTH_MAX = 200;

/** By the server's own code, what it refuses before a route has the request. */
const OF_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON that can be read. Send one whole object of JSON.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its Content-Length says. Send it again.',
};
const BODY_MAX = 'JSON or a form may hold 100 kB';

/** A refusal as the server and its router word it, which names what they are made of and not what to do. */
export interface ServersRefusal {
  status: number;
  message: string;
  /** Of the server's error, where it is one. */
  code?: unknown;
  /** How much its route reads, where that is not what most do. */
  bodyMax?: string | null;
}

/** What whoever asked is told about a refusal of the server itself, in words of ours. Pure. */
export function refusalWords(
  { status, message, code, bodyMax }: ServersRefusal,
  request: { method: string; url: string },
): string {
  if (status === 404) return noRoute(request.method, request.url);
  if (status === 413) return `The body is too long: ${bodyMax ?? BODY_MAX}. Send less at once.`;
  return (typeof code === 'string' ? OF_CODES[code] : undefined) ?? message;
}

/** That nothing answers at this address; without its query, which may hold what is not to be repeated. */
export function noRoute(method: string, url: string): string {
  const path = cutText(url.split('?', 1)[0]!, ADDRESS_LENGTH_MAX, '…');
  return `There is no route ${method} ${path}. Check the method, and each part of the address.`;
}
