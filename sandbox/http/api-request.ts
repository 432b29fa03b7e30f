import type { FastifyRequest } from 'fastify';
import { unparsable, unsupportedOperation } from '../books/fault.ts';
import { type Body, isBody } from '../books/json.ts';

/** A request to `/v3/company/{realm}/…`, taken apart. */
export interface ApiRequest {
  method: string;
  realm: string;
  /** What follows the realm in the path, as sent: `['invoice', '155', 'send']`. */
  path: string[];
  query: Record<string, string>;
  contentType: string;
  body: Buffer;
  bearer: string;
}

export function apiRequestOf(request: FastifyRequest): ApiRequest {
  const { realm, '*': rest = '' } = request.params as { realm: string; '*'?: string };
  const query = Object.entries(request.query as Record<string, string | string[]>).map(
    ([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value[0]! : value] as const,
  );
  return {
    method: request.method,
    realm,
    path: rest.split('/').filter((segment) => segment !== ''),
    query: Object.fromEntries(query),
    contentType: (request.headers['content-type'] ?? '').toLowerCase(),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    bearer: /^Bearer\s+(.*)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim() ?? '',
  };
}

/** The body as text; bytes that are not UTF-8 are fault 500, as the real parser has it. */
export function textBody({ body }: ApiRequest): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw unsupportedOperation('MalformedByteSequence: Invalid byte of UTF-8 sequence', 500);
  }
}

/** The body as a bare entity; 2310 when there is none or it is not one. */
export function jsonBody(request: ApiRequest): Body {
  const text = textBody(request);
  if (text.trim() === '') throw unparsable('Request Body is Empty');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unparsable('The request body is not valid JSON');
  }
  if (!isBody(body)) throw unparsable('The request body is not an object');
  return body;
}

/** The body if it can be read, for the journal and for telling a create from an update. */
export function peekBody(request: ApiRequest): unknown {
  const text = request.body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
}
