import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { errorFromNoResponse, toResult, unreadableError } from '../errors/error-from-response.js';
import { afterSending, type QboError } from '../errors/qbo-error.js';
import type { NoResponse, RawResponse } from '../http/raw-response.js';
import { type BesideSdk, type SdkCall, SdkClient } from '../http/sdk.client.js';
import { UnreadableFieldError } from '../mappers/reading/json-reader.js';
import { isWrite, type QboEndpoint } from '../model/endpoints.js';
import type { QboCompany } from '../model/qbo-company.js';
import { RateLimiterService } from '../rate-limiter/rate-limiter.service.js';
import { AccessTokens } from './access-tokens.js';
import { CallObserverService } from './call-observer.service.js';
import { CircuitBreakerService } from './circuit-breaker.service.js';
import { isRetryable, retryDelayMs } from './read-retry.js';

/** One call as a client describes it. */
export interface QboCall<T> {
  operation: QboEndpoint;
  send: SdkCall;
  /** What the SDK's method cannot send by itself. */
  beside?: BesideSdk;
  requestId?: string;
  /** Reads the answer's JSON; throws UnreadableFieldError where it cannot. */
  read: (body: object) => T;
  /** Reads a success from its bytes, without parsing all of it; null where it has to be parsed. Never throws. */
  scan?: (bytes: Buffer) => T | null;
}

export interface CallOptions {
  /**
   * Repeats a read that failed on the way, at most twice and within a second. For work nobody waits for: its next run
   * is an interval away. Writes are never repeated here; whether to send one again is decided by its operation's row.
   */
  retryReads?: boolean;
}

/** For work nobody waits for. */
export const RETRY_READS: CallOptions = { retryReads: true };

/** What a call came to, and Intuit's trace id of the answer, which support asks for. */
export interface CallResult<T> {
  value: T;
  intuitTid?: string;
}

/** How many requests of a call went out. */
interface Tries {
  sent: number;
}

type Exchange<T> =
  | { response: RawResponse; scanned: { value: T }; error: null }
  | { response: RawResponse; scanned?: undefined; body: object; error: null }
  | { response: RawResponse | NoResponse; scanned?: undefined; body: null; error: QboError };

/**
 * The one way out to QuickBooks: token, circuit breaker, rate limiter, send, parse, retry. Promise: a call answers what
 * was read or throws a QboError; a 401 is met by one fresh token and the same request once more; a 429 makes every
 * replica back off from the company before anybody takes the place of this call.
 */
@Injectable()
export class QboHttpPipelineService {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly breaker: CircuitBreakerService,
    private readonly limiter: RateLimiterService,
    private readonly sdk: SdkClient,
    private readonly observer: CallObserverService,
    private readonly config: Config,
  ) {}

  /** Calls with the company's stored token. */
  async call<T>(
    company: QboCompany,
    call: QboCall<T>,
    { retryReads = false }: CallOptions = {},
  ): Promise<CallResult<T>> {
    const deadline = performance.now() + this.config.qbo.requestTimeoutMs;
    const tries: Tries = { sent: 0 };
    for (let retries = 0; ; retries += 1) {
      try {
        const result = await this.withStoredToken(company, call, tries);
        await this.observer.succeeded(company);
        return result;
      } catch (error) {
        const mayRetry = retryReads && !isWrite(call.operation) && isRetryable(error, call.operation);
        const delayMs = mayRetry ? retryDelayMs(retries, deadline - performance.now(), Math.random()) : null;
        if (delayMs === null) {
          await this.observer.failed(company, { operation: call.operation, sent: tries.sent > 0 }, error);
          throw tries.sent > 0 ? afterSending(error) : error;
        }
        await delay(delayMs);
      }
    }
  }

  /** Calls once with a token that is not stored yet. */
  async callWithToken<T>(company: QboCompany, accessToken: string, call: QboCall<T>): Promise<CallResult<T>> {
    return this.parse(company, call, await this.exchange(company, accessToken, call, { sent: 0 }));
  }

  private async withStoredToken<T>(
    company: QboCompany,
    call: QboCall<T>,
    tries: Tries,
  ): Promise<CallResult<T>> {
    const token = await this.tokens.accessToken(company);
    const exchange = await this.exchange(company, token, call, tries);
    if (!isUnauthorized(exchange.response)) return this.parse(company, call, exchange);
    const fresh = await this.tokens.accessToken(company, { rejected: token });
    return this.parse(company, call, await this.exchange(company, fresh, call, tries));
  }

  /** Throws QboError `transient` or `throttled` where nothing was sent: circuit open, or no rate token in time. */
  private async exchange<T>(
    company: QboCompany,
    token: string,
    call: QboCall<T>,
    tries: Tries,
  ): Promise<Exchange<T>> {
    const { operation } = call;
    const { realmId } = company;
    this.breaker.assertClosed(realmId, operation);
    return this.limiter.limited(realmId, operation, async () => {
      const response = await this.breaker.execute(realmId, operation, () => {
        tries.sent += 1;
        return this.send(company, token, call);
      });
      const exchange = interpret(call, response);
      if (exchange.error?.kind === 'throttled') {
        await this.limiter.backOff(company, exchange.error.detail.retryAfterSeconds!);
      }
      return exchange;
    });
  }

  private async send<T>(
    company: QboCompany,
    accessToken: string,
    { operation, send, beside, requestId }: QboCall<T>,
  ): Promise<RawResponse | NoResponse> {
    const answered = this.observer.sending(company, { operation, requestId });
    const response = await this.sdk.send(company.realmId, accessToken, send, beside);
    answered(response);
    return response;
  }

  private parse<T>(
    company: QboCompany,
    { operation, read }: QboCall<T>,
    exchange: Exchange<T>,
  ): CallResult<T> {
    this.observer.answered(company, operation, exchange.error);
    if (exchange.error !== null) throw exchange.error;
    const { response, scanned } = exchange;
    if (scanned) return { value: scanned.value, intuitTid: response.intuitTid };
    try {
      return { value: read(exchange.body), intuitTid: response.intuitTid };
    } catch (failure) {
      if (failure instanceof UnreadableFieldError) {
        throw unreadableError(operation, response, failure.message);
      }
      throw failure;
    }
  }
}

function interpret<T>({ operation, scan }: QboCall<T>, response: RawResponse | NoResponse): Exchange<T> {
  if (!('status' in response)) {
    return { response, body: null, error: errorFromNoResponse(operation, response) };
  }
  const value = scan && response.bytes && response.status === 200 ? scan(response.bytes) : null;
  if (value !== null) return { response, scanned: { value }, error: null };
  return { response, ...toResult(operation, response) };
}

function isUnauthorized(response: RawResponse | NoResponse): boolean {
  return 'status' in response && response.status === 401;
}
