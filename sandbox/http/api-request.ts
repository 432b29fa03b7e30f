import type { FastifyRequest } from 'fastify';
import { unparsable, unsupportedOperation } from '../books/fault.ts';
import { type Body, isBody } from '../books/json.ts';
import { requestFromXml } from '../xml/from-xml.ts';
import { partsOf } from './multipart.ts';

/** A request to `/v3/company/{realm}/…`, taken apart. */
export interface ApiRequest {
  method: string;
  /** Scheme and host the client asked, for links in the answer. */
  origin: string;
  realm: string;
  /** What follows the realm in the path, as sent: `['invoice', '155', 'send']`. */
  path: string[];
  query: Record<string, string>;
  contentType: string;
  /** As it was sent: the boundary of a multipart body keeps its case. */
  rawContentType: string;
  /** Whether the answer is to be XML: it was asked for, or only the request was in it. */
  wantsXml: boolean;
  body: Buffer;
  bearer: string;
}

/** Whether a file comes with metadata in XML. */
function describesInXml(body: Buffer, contentType: string): boolean {
  return (
    /^multipart/i.test(contentType) &&
    partsOf(body, contentType).some(
      ({ name, content }) =>
        name.startsWith('file_metadata') && content.toString('utf8').trim().startsWith('<'),
    )
  );
}

/**
 * What `Accept` names; else XML for a body or a file's metadata in XML, and for a query sent as text, as Intuit's SDKs
 * send it.
 */
function wantsXml(accept: string, contentType: string, body: Buffer): boolean {
  if (/json/i.test(accept)) return false;
  if (/xml/i.test(accept) || /xml|^application\/text|^text\/plain/i.test(contentType)) return true;
  return describesInXml(body, contentType);
}

export function apiRequestOf(request: FastifyRequest): ApiRequest {
  const rawContentType = request.headers['content-type'] ?? '';
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const {
    realm,
    action = '',
    '*': rest = action,
  } = request.params as Record<'realm', string> & {
    action?: string;
    '*'?: string;
  };
  const query = Object.entries(request.query as Record<string, string | string[]>).map(
    ([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value[0]! : value] as const,
  );
  return {
    method: request.method,
    origin: `${request.protocol}://${request.host}`,
    realm,
    path: rest.split('/').filter((segment) => segment !== ''),
    query: Object.fromEntries(query),
    contentType: (request.headers['content-type'] ?? '').toLowerCase(),
    rawContentType,
    wantsXml: wantsXml(request.headers.accept ?? '', rawContentType, body),
    body,
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

function xmlBody(text: string): Body {
  try {
    return requestFromXml(text);
  } catch (error) {
    throw unparsable(`The request body is not valid XML: ${(error as Error).message}`);
  }
}

/** The body as a bare entity; 2310 when there is none or it is not one. */
export function jsonBody(request: ApiRequest): Body {
  const text = textBody(request);
  if (text.trim() === '') throw unparsable('Request Body is Empty');
  if (request.contentType.includes('xml')) return xmlBody(text);
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
    if (request.contentType.includes('xml')) return requestFromXml(text);
    return JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
}
