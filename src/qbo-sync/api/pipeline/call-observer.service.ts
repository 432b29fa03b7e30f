import { Injectable, Logger } from '@nestjs/common';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { QboError } from '../errors/qbo-error.js';
import type { NoResponse, RawResponse } from '../http/raw-response.js';
import { UsageCounterService } from '../metering/usage-counter.service.js';
import { isMetered, isWrite, type QboEndpoint } from '../model/endpoints.js';
import type { QboCompany } from '../model/qbo-company.js';
import { CallRecorder } from './call-recorder.js';

/** One request that went out, and what came back. */
export interface SentRequest {
  operation: QboEndpoint;
  requestId?: string;
  response: RawResponse | NoResponse;
  durationMs: number;
}

/** Counts and logs every request to QuickBooks, without its content, and records how its connection does. */
@Injectable()
export class CallObserverService {
  private readonly logger = new Logger('QuickBooks');

  constructor(
    private readonly recorder: CallRecorder,
    private readonly usage: UsageCounterService,
    private readonly metrics: MetricsService,
  ) {}

  /** A request went out. */
  sent({ orgId, realmId }: QboCompany, { operation, requestId, response, durationMs }: SentRequest): void {
    const status = 'status' in response ? response.status : undefined;
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
        intuit_tid: 'intuitTid' in response ? response.intuitTid : undefined,
        duration_ms: Math.round(durationMs),
        requestid: requestId,
      },
      'Called QuickBooks',
    );
  }

  /** A request got its final answer: what Intuit bills for the month. A 401 that is met by a fresh token is none. */
  answered({ orgId }: QboCompany, operation: QboEndpoint, error: QboError | null): void {
    this.usage.count(orgId, operation, error === null && isMetered(operation));
  }

  async succeeded(company: QboCompany): Promise<void> {
    await this.recorder.succeeded(company);
  }

  async failed(company: QboCompany, operation: QboEndpoint, error: unknown): Promise<void> {
    this.metrics.count('crm_qbo_api_errors_total', { org_id: company.orgId, operation });
    if (error instanceof QboError) await this.recorder.failed(company, error);
  }
}
