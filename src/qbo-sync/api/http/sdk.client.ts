import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { Injectable } from '@nestjs/common';
import type { QuickBooks } from 'node-quickbooks';
import { Config } from '../../../platform/config/config.js';
import { type RawResponse, secondsOf, type NoResponse, noResponseFrom } from './raw-response.js';
import { CONNECT_TIMEOUT_MS, connectingWithin } from './connect-timeout.js';

/** The SDK's types promise a named export that is not there at run time: the module is the class itself. */
const Sdk = createRequire(import.meta.url)('node-quickbooks') as typeof QuickBooks;

const ANSWER_MAX_MB = 10;
const ANSWER_MAX_BYTES = ANSWER_MAX_MB * 1024 * 1024;
const BYTE_ORDER_MARK = '\ufeff';
const TRANSPORT = connectingWithin(CONNECT_TIMEOUT_MS);

/** Makes one call of the SDK. `done` only says that it is over: what it is called with is never looked at. */
export type SdkCall = (sdk: QuickBooks, done: () => void) => void;

/** What of a call a method of the SDK cannot send. */
export interface BesideSdk {
  /** Query parameters beside its own. */
  query?: Readonly<Record<string, string>>;
  /** Of a query the fields that are wanted of each row; the SDK asks for all of them. */
  fields?: readonly string[];
}

/**
 * The one place where node-quickbooks is touched. Promise: one call is one HTTP request that ends within the time limit
 * and gives back what came over the wire, status and trace id included, or why nothing did.
 *
 * The SDK has no timeout, follows redirects, hides the trace id of a query, takes a maintenance page for a success,
 * calls back twice when a callback throws, and fails with errors that hold the bearer token. It offers no hook, but it
 * sends everything through the default instance of its own copy of axios. An interceptor there sets the limits and
 * takes the answer as it came, so that none of the SDK's own forms of success and failure is relied on. Requests that
 * others make through the same copy of axios are not touched: only a request of `send` has an exchange to belong to.
 */
@Injectable()
export class SdkClient {
  constructor(private readonly config: Config) {
    interceptOnce();
  }

  async send(
    realmId: string,
    accessToken: string,
    call: SdkCall,
    beside: BesideSdk = {},
  ): Promise<RawResponse | NoResponse> {
    const { clientId, clientSecret, apiBaseUrl, requestTimeoutMs } = this.config.qbo;
    const sdk = new Sdk(
      clientId,
      clientSecret,
      accessToken,
      false,
      realmId,
      this.config.qbo.env === 'sandbox',
      false,
      null,
      '2.0',
    );
    sdk.endpoint = `${apiBaseUrl}/v3/company/`;
    const exchange: Exchange = { signal: AbortSignal.timeout(requestTimeoutMs), beside };
    await exchanges.run(exchange, () => new Promise<void>((over) => call(sdk, () => over())));
    if (exchange.answer) return exchange.answer;
    if (exchange.signal.aborted) {
      return { reason: 'lost', message: `no answer within ${requestTimeoutMs / 1_000} s` };
    }
    if (exchange.error === undefined) throw new Error('node-quickbooks no longer sends through its axios');
    if (isTooLong(exchange.error))
      return { reason: 'too_long', message: `it is longer than ${ANSWER_MAX_MB} MB` };
    return noResponseFrom(exchange.error);
  }
}

/** One request on its way, and what became of it. */
interface Exchange {
  readonly signal: AbortSignal;
  readonly beside: BesideSdk;
  answer?: RawResponse;
  error?: unknown;
}

const exchanges = new AsyncLocalStorage<Exchange>();

/** As much of axios as is used here. It is the SDK's dependency, not ours. */
interface Axios {
  interceptors: {
    request: { use(sending: (request: Record<string, unknown>) => Record<string, unknown>): number };
    response: {
      use(answered: (response: AxiosResponse) => AxiosResponse, failed: (error: unknown) => never): number;
    };
  };
}

interface AxiosResponse {
  status: number;
  headers: Record<string, unknown>;
  data: unknown;
}

/** The SDK's own beginning of every query. */
const ALL_FIELDS = 'query=select * from ';

function onlyOf(url: string, fields: readonly string[]): string {
  if (!url.includes(ALL_FIELDS)) throw new Error(`node-quickbooks no longer asks with "${ALL_FIELDS}"`);
  return url.replace(ALL_FIELDS, `query=select ${fields.join(', ')} from `);
}

/** Axios has no code of its own for an answer that it cut off. */
function isTooLong(error: unknown): boolean {
  return error instanceof Error && error.message.includes('maxContentLength');
}

let intercepted = false;

function interceptOnce(): void {
  if (intercepted) return;
  intercepted = true;
  const ofSdk = createRequire(createRequire(import.meta.url).resolve('node-quickbooks'));
  const { interceptors } = ofSdk('axios') as Axios;
  interceptors.request.use((request) => {
    const exchange = exchanges.getStore();
    if (!exchange) return request;
    const { query, fields } = exchange.beside;
    const params = { ...(request.params as object), ...query };
    const url = fields === undefined ? request.url : onlyOf(request.url as string, fields);
    return { ...request, ...limits(exchange.signal), url, params };
  });
  interceptors.response.use(
    (response) => {
      const exchange = exchanges.getStore();
      if (exchange) exchange.answer = answerOf(response);
      return response;
    },
    (error) => {
      const exchange = exchanges.getStore();
      if (exchange) exchange.error = error;
      throw error;
    },
  );
}

/**
 * What every request to QuickBooks is held to. `signal` closes the socket, not only the promise. The body stays as it
 * came and no status is an error, because both are judged in one place. `proxy: false` leaves proxies to Node's own
 * NODE_USE_ENV_PROXY, the same for the SDK and for fetch.
 */
function limits(signal: AbortSignal): Record<string, unknown> {
  return {
    signal,
    transport: TRANSPORT,
    maxRedirects: 0,
    maxContentLength: ANSWER_MAX_BYTES,
    responseType: 'arraybuffer',
    transformResponse: [(bytes: unknown) => bytes],
    validateStatus: () => true,
    proxy: false,
  };
}

function answerOf({ status, headers, data }: AxiosResponse): RawResponse {
  const tid = headers.intuit_tid;
  const bytes = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
  let text: string | undefined;
  return {
    status,
    bytes,
    get text() {
      return (text ??= decoded(bytes));
    },
    ...(typeof tid === 'string' ? { intuitTid: tid.slice(0, 100) } : {}),
    ...(secondsOf(headers['retry-after']) === undefined
      ? {}
      : { retryAfterSeconds: secondsOf(headers['retry-after']) }),
  };
}

function decoded(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
