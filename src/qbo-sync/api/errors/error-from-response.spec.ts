import { describe, expect, it, vi } from 'vitest';
import { errorFromResponse, toResult, errorFromNoResponse, unreadableError } from './error-from-response.js';
import type { QboEndpoint } from '../model/endpoints.js';
import type { QboErrorKind } from './qbo-error.js';

const service = (code: string, type = 'ValidationFault') =>
  JSON.stringify({ Fault: { Error: [{ Message: 'Headline', Detail: 'Eva Ott owes 5', code }], type } });

const gateway = (code: string, status: number) =>
  JSON.stringify({
    warnings: null,
    fault: {
      error: [
        { message: `errorCode=00${code}; statusCode=${status}`, detail: 'Token expired: eyJlbmMi', code },
      ],
      type: 'AUTHENTICATION',
    },
    time: 1633520295688,
  });

const xml = (code: string) => `<?xml version="1.0"?><IntuitResponse time="2016-12-07T15:27:09.527-08:00">
  <Fault type="SERVICE"><Error code="${code}"><Message>message=ThrottleExceeded</Message>
  <Detail>The request limit was reached.</Detail></Error></Fault></IntuitResponse>`;

const HTML = '<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>';

interface Case {
  said: string;
  status: number;
  text: string;
  read: QboErrorKind | null;
  write: QboErrorKind | null;
}

const both = (kind: QboErrorKind | null): Pick<Case, 'read' | 'write'> => ({ read: kind, write: kind });

const CASES: Case[] = [
  { said: 'an object', status: 200, text: '{"Invoice":{}}', ...both(null) },
  { said: 'a fault', status: 200, text: service('6240'), ...both('duplicate_name') },
  {
    said: 'a system fault',
    status: 200,
    text: service('10000', 'SystemFault'),
    read: 'transient',
    write: 'uncertain',
  },
  { said: 'a maintenance page', status: 200, text: HTML, read: 'malformed', write: 'uncertain' },
  { said: 'half an object', status: 200, text: '{"Invoice":{"Id":"1', read: 'malformed', write: 'uncertain' },
  { said: 'nothing', status: 200, text: '', read: 'malformed', write: 'uncertain' },
  { said: 'a list', status: 200, text: '[]', read: 'malformed', write: 'uncertain' },
  { said: 'elsewhere', status: 307, text: '', read: 'transient', write: 'uncertain' },
  { said: 'stale', status: 400, text: service('5010'), ...both('stale') },
  { said: 'name taken', status: 400, text: service('6240'), ...both('duplicate_name') },
  { said: 'number taken', status: 400, text: service('6140'), ...both('duplicate_number') },
  { said: 'no such object', status: 400, text: service('610'), ...both('not_found') },
  { said: 'no such reference', status: 400, text: service('2500'), ...both('not_found') },
  { said: 'books closed', status: 400, text: service('6210'), ...both('books_closed') },
  { said: 'subscription ended', status: 400, text: service('6190'), ...both('subscription') },
  { said: 'no rights', status: 400, text: service('120'), ...both('forbidden') },
  { said: 'under maintenance', status: 400, text: service('150'), ...both('transient') },
  { said: 'requestid used', status: 400, text: service('600'), read: 'transient', write: 'uncertain' },
  { said: 'a code nobody knows', status: 400, text: service('2170'), ...both('validation') },
  { said: 'a bare refusal', status: 400, text: HTML, ...both('validation') },
  { said: 'not in, as JSON', status: 401, text: gateway('3200', 401), ...both('transient') },
  { said: 'not in, as XML', status: 401, text: xml('100'), ...both('transient') },
  { said: 'not allowed', status: 403, text: gateway('3100', 403), ...both('forbidden') },
  { said: 'throttled, as 403', status: 403, text: xml('3001'), ...both('throttled') },
  { said: 'no such route', status: 404, text: '', ...both('validation') },
  { said: 'request timeout', status: 408, text: '', read: 'transient', write: 'uncertain' },
  { said: 'throttled, as XML', status: 429, text: xml('3001'), ...both('throttled') },
  { said: 'throttled, as JSON', status: 429, text: gateway('3001', 429), ...both('throttled') },
  { said: 'throttled, without a word', status: 429, text: '', ...both('throttled') },
  {
    said: 'system fault',
    status: 500,
    text: service('10000', 'SystemFault'),
    read: 'transient',
    write: 'uncertain',
  },
  { said: 'gateway page', status: 503, text: HTML, read: 'transient', write: 'uncertain' },
  { said: 'gateway timeout', status: 504, text: '', read: 'transient', write: 'uncertain' },
];

const kindOf = (operation: QboEndpoint, { status, text }: Case): QboErrorKind | null =>
  errorFromResponse(operation, { status, text })?.kind ?? null;

describe('What an answer of QuickBooks means', () => {
  it.each(CASES)('$status, $said: a read is $read, a write is $write', (one) => {
    expect(kindOf('invoice.read', one)).toBe(one.read);
    expect(kindOf('invoice.create', one)).toBe(one.write);
  });

  it('is found with the body, which is parsed once however long it is', () => {
    const parse = vi.spyOn(JSON, 'parse');
    try {
      const answer = { status: 200, text: '{"Invoice":{"Id":"1"}}' };
      expect(toResult('invoice.read', answer)).toEqual({ body: { Invoice: { Id: '1' } }, error: null });
      expect(parse).toHaveBeenCalledTimes(1);
    } finally {
      parse.mockRestore();
    }
  });

  it('keeps the trace id, the code and the status', () => {
    const error = errorFromResponse('customer.create', {
      status: 400,
      text: service('6240'),
      intuitTid: '1-5f3a',
    });
    expect(error).toMatchObject({
      detail: { operation: 'customer.create', code: '6240', httpStatus: 400, intuitTid: '1-5f3a' },
      facts: { vendorRequestId: '1-5f3a', uncertain: false, retryable: false },
    });
  });

  it('keeps what names a customer out of the message and beside it', () => {
    const error = errorFromResponse('customer.create', { status: 400, text: service('2050') })!;
    expect(error.message).toBe('A text is longer than QuickBooks takes (code 2050: Headline).');
    expect(error.detail.explanation).toBe('Eva Ott owes 5');
  });

  it.each([gateway('3200', 401), xml('3200'), ''])('tells nothing of a 401 but the 401', (text) => {
    const error = errorFromResponse('invoice.read', { status: 401, text })!;
    expect(JSON.stringify([error.message, error.detail])).not.toMatch(/eyJ|Token|limit|3200=/);
    expect(error.message).toBe('QuickBooks did not accept the access token (HTTP 401).');
    expect(error.detail.explanation).toBeUndefined();
  });

  it('leaves out the headline of the gateway, which is no sentence', () => {
    const error = errorFromResponse('invoice.create', { status: 403, text: gateway('3100', 403) })!;
    expect(error.message).toBe('QuickBooks does not let this app into the company (code 3100).');
  });

  it('waits a minute at least, longer where QuickBooks says so', () => {
    const waits = [undefined, 5, 120].map(
      (retryAfterSeconds) =>
        errorFromResponse('cdc', { status: 429, text: '', retryAfterSeconds })!.detail.retryAfterSeconds,
    );
    expect(waits).toEqual([60, 60, 120]);
  });
});

describe('What silence means', () => {
  it.each([
    ['invoice.create', 'lost', 'uncertain'],
    ['invoice.create', 'not_sent', 'transient'],
    ['invoice.read', 'lost', 'transient'],
    ['invoice.read', 'not_sent', 'transient'],
  ] as const)('%s, %s: %s', (operation, reason, kind) => {
    expect(errorFromNoResponse(operation, { reason, message: 'the connection broke' }).kind).toBe(kind);
  });

  it('is as bad as an answer that cannot be read', () => {
    const answer = { status: 200, text: '{}' };
    expect(unreadableError('invoice.create', answer, 'Invoice.Id is missing').kind).toBe('uncertain');
    expect(unreadableError('invoice.read', answer, 'Invoice.Id is missing')).toMatchObject({
      kind: 'malformed',
      message: 'QuickBooks gave an answer that cannot be read: Invoice.Id is missing.',
    });
  });
});
