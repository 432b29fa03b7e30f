import { Injectable, Logger } from '@nestjs/common';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { UsageCounterService } from '../metering/usage-counter.service.js';
import type { RawResponse, NoResponse } from '../http/raw-response.js';
import { RateLimiterService } from '../rate-limiter/rate-limiter.service.js';
import { noteTrace } from './call-trace.js';
import { CircuitBreakerService } from './circuit-breaker.service.js';
import { toResult, errorFromNoResponse } from '../errors/error-from-response.js';
import { isMetered, type QboEndpoint } from '../model/endpoints.js';
import type { QboCompany } from '../model/qbo-company.js';
import type { QboError } from '../errors/qbo-error.js';
import { type SdkCall, SdkClient, type SdkQuery } from '../http/sdk.client.js';

/** One request as it goes out. */
export interface QboRequest {
  operation: QboEndpoint;
  send: SdkCall;
  /** What the SDK's method cannot send by itself. */
  query?: SdkQuery;
  requestId?: string;
}

/** What came back of a request: its JSON where it went well, or the failure it means. */
export type Exchange =
  | { answer: RawResponse; body: object; failure: null }
  | { answer: RawResponse | NoResponse; body: null; failure: QboError };

/**
 * The one way out to QuickBooks. Promise: nothing is sent to a company that is paused or out of reach, nor faster or more
 * at once than its limits allow, and every request that is sent is counted and logged without its content.
 */
@Injectable()
export class QboHttpPipelineService {
  private readonly logger = new Logger('QuickBooks');

  constructor(
    private readonly sdk: SdkClient,
    private readonly breaker: CircuitBreakerService,
    private readonly limiter: RateLimiterService,
    private readonly usage: UsageCounterService,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * Answers what came back and what it means. Where QuickBooks asks to wait, the company is paused for everybody before
   * anybody gets the place of this call. Throws QboError `throttled` or `transient` where nothing was sent.
   */
  async exchange(company: QboCompany, accessToken: string, request: QboRequest): Promise<Exchange> {
    const { operation } = request;
    const { orgId, realmId } = company;
    this.breaker.assertClosed(realmId, operation);
    return this.limiter.permitted(realmId, operation, async () => {
      const answer = await this.breaker.through(realmId, operation, () =>
        this.sent(company, accessToken, request),
      );
      const exchange = judged(operation, answer);
      const { failure } = exchange;
      if (failure?.kind === 'throttled') {
        await this.limiter.pause(realmId, failure.detail.retryAfterSeconds!);
        this.logger.warn(
          { org_id: orgId, realm_id: realmId },
          'QuickBooks asks to wait; the company is paused',
        );
      }
      return exchange;
    });
  }

  /** Counts an exchange for the month; `failure` is null where it went well. */
  count({ orgId }: QboCompany, operation: QboEndpoint, failure: QboError | null): void {
    this.usage.count(orgId, operation, failure === null && isMetered(operation));
  }

  private async sent(
    company: QboCompany,
    accessToken: string,
    { operation, send, query, requestId }: QboRequest,
  ): Promise<RawResponse | NoResponse> {
    const startedAt = performance.now();
    const answer = await this.sdk.send(company.realmId, accessToken, send, query);
    const status = 'status' in answer ? answer.status : undefined;
    const intuitTid = 'intuitTid' in answer ? answer.intuitTid : undefined;
    noteTrace(intuitTid);
    this.metrics.count('crm_qbo_api_requests_total', {
      operation,
      status_class: status === undefined ? 'none' : `${Math.floor(status / 100)}xx`,
      metered: String(isMetered(operation)),
    });
    this.logger.debug(
      {
        operation,
        org_id: company.orgId,
        realm_id: company.realmId,
        status,
        intuit_tid: intuitTid,
        duration_ms: Math.round(performance.now() - startedAt),
        requestid: requestId,
      },
      'Called QuickBooks',
    );
    return answer;
  }
}

function judged(operation: QboEndpoint, answer: RawResponse | NoResponse): Exchange {
  if (!('status' in answer)) return { answer, body: null, failure: errorFromNoResponse(operation, answer) };
  return { answer, ...toResult(operation, answer) };
}
