import { Injectable, Logger } from '@nestjs/common';
import { correlation } from '../../../platform/correlation/correlation.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { beginSpan } from '../../../platform/tracing/tracing.js';
import { isTooLongToRead, QboError } from '../errors/qbo-error.js';
import type { NoResponse, RawResponse } from '../http/raw-response.js';
import { UsageCounterService } from '../metering/usage-counter.service.js';
import { isMetered, isWrite, type QboEndpoint } from '../model/endpoints.js';
import type { QboCompany } from '../model/qbo-company.js';
import { CallRecorder } from './call-recorder.js';

/** One request that goes out. */
export interface SentRequest {
  operation: QboEndpoint;
  requestId?: string;
}

/** Counts, logs and traces every request to QuickBooks, without its content, and records how its connection does. */
@Injectable()
export class CallObserverService {
  private readonly logger = new Logger('QuickBooks');

  constructor(
    private readonly recorder: CallRecorder,
    private readonly usage: UsageCounterService,
    private readonly metrics: MetricsService,
  ) {}

  /** A request goes out. Answers what is to be called with what came back. */
  sending(company: QboCompany, request: SentRequest): (response: RawResponse | NoResponse) => void {
    const startedAt = performance.now();
    this.metrics.introduceCalls(company.orgId, request.operation);
    const span = beginSpan({
      name: `quickbooks ${request.operation}`,
      kind: 'client',
      parent: correlation()?.cause.traceparent,
      attributes: {
        'peer.service': 'quickbooks',
        'crm.operation': request.operation,
        'crm.org_id': company.orgId,
        'qbo.realm_id': company.realmId,
        'qbo.requestid': request.requestId,
      },
    });
    return (response) => {
      const status = 'status' in response ? response.status : undefined;
      const intuitTid = 'intuitTid' in response ? response.intuitTid : undefined;
      span?.end({
        attributes: { 'http.response.status_code': status, 'qbo.intuit_tid': intuitTid },
        error: status === undefined ? 'no_response' : status >= 400 ? String(status) : undefined,
      });
      this.sent(company, request, { status, intuitTid, durationMs: performance.now() - startedAt });
    };
  }

  private sent(
    { orgId, realmId }: QboCompany,
    { operation, requestId }: SentRequest,
    { status, intuitTid, durationMs }: { status?: number; intuitTid?: string; durationMs: number },
  ): void {
    this.metrics.count('crm_qbo_api_requests_total', {
      operation,
      status_class: status === undefined ? 'none' : `${Math.floor(status / 100)}xx`,
      metered: String(isMetered(operation)),
    });
    // What changes the books stands in the log at every level that tells of anything; reads are too many for it.
    this.logger[isWrite(operation) ? 'log' : 'debug'](
      {
        operation,
        org_id: orgId,
        realm_id: realmId,
        status,
        intuit_tid: intuitTid,
        duration_ms: Math.round(durationMs),
        requestid: requestId,
      },
      'Called QuickBooks',
    );
  }

  /** A request got its final answer: what Intuit bills for the month. A 401 that is met by a fresh token is none. */
  answered({ orgId }: QboCompany, operation: QboEndpoint, error: QboError | null): void {
    this.usage.count(orgId, operation, (error === null || isTooLongToRead(error)) && isMetered(operation));
  }

  async succeeded(company: QboCompany): Promise<void> {
    await this.recorder.succeeded(company);
  }

  /** A call came to nothing; `sent` says whether any request of it went out. */
  async failed(
    company: QboCompany,
    { operation, sent }: { operation: QboEndpoint; sent: boolean },
    error: unknown,
  ): Promise<void> {
    if (sent) this.metrics.count('crm_qbo_api_errors_total', { org_id: company.orgId, operation });
    if (error instanceof QboError) await this.recorder.failed(company, error);
  }
}
