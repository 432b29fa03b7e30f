import { Injectable, Logger } from '@nestjs/common';
import { MetricsService } from '../../metrics/metrics.service.js';
import { UsageCounter } from '../usage/usage-counter.service.js';
import type { Answer, Silence } from './answer.js';
import { CallPermits } from './call-permits.service.js';
import { noteTrace } from './call-trace.js';
import { CircuitService } from './circuit.service.js';
import { meaningOf, silenceError } from './classify.js';
import { isMetered, type QboOperation } from './operations.js';
import type { QboCompany } from './qbo-company.js';
import type { QboError } from './qbo-error.js';
import { type SdkCall, SdkClient, type SdkQuery } from './sdk.client.js';

/** One request as it goes out. */
export interface QboRequest {
  operation: QboOperation;
  send: SdkCall;
  /** What the SDK's method cannot send by itself. */
  query?: SdkQuery;
  requestId?: string;
}

/** What came back of a request: its JSON where it went well, or the failure it means. */
export type Exchange =
  | { answer: Answer; body: object; failure: null }
  | { answer: Answer | Silence; body: null; failure: QboError };

/**
 * The one way out to QuickBooks. Promise: nothing is sent to a company that is paused or out of reach, nor faster or more
 * at once than its limits allow, and every request that is sent is counted and logged without its content.
 */
@Injectable()
export class QboLine {
  private readonly logger = new Logger('QuickBooks');

  constructor(
    private readonly sdk: SdkClient,
    private readonly circuits: CircuitService,
    private readonly permits: CallPermits,
    private readonly usage: UsageCounter,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * Answers what came back and what it means. Where QuickBooks asks to wait, the company is paused for everybody before
   * anybody gets the place of this call. Throws QboError `throttled` or `transient` where nothing was sent.
   */
  async exchange(company: QboCompany, accessToken: string, request: QboRequest): Promise<Exchange> {
    const { operation } = request;
    const { orgId, realmId } = company;
    this.circuits.assertClosed(realmId, operation);
    return this.permits.permitted(realmId, operation, async () => {
      const answer = await this.circuits.through(realmId, operation, () =>
        this.sent(company, accessToken, request),
      );
      const exchange = judged(operation, answer);
      const { failure } = exchange;
      if (failure?.kind === 'throttled') {
        await this.permits.pause(realmId, failure.detail.retryAfterSeconds!);
        this.logger.warn(
          { org_id: orgId, realm_id: realmId },
          'QuickBooks asks to wait; the company is paused',
        );
      }
      return exchange;
    });
  }

  /** Counts an exchange for the month; `failure` is null where it went well. */
  count({ orgId }: QboCompany, operation: QboOperation, failure: QboError | null): void {
    this.usage.count(orgId, operation, failure === null && isMetered(operation));
  }

  private async sent(
    company: QboCompany,
    accessToken: string,
    { operation, send, query, requestId }: QboRequest,
  ): Promise<Answer | Silence> {
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

function judged(operation: QboOperation, answer: Answer | Silence): Exchange {
  if (!('status' in answer)) return { answer, body: null, failure: silenceError(operation, answer) };
  return { answer, ...meaningOf(operation, answer) };
}
