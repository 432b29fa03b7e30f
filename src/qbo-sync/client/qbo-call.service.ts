import { Injectable, Logger } from '@nestjs/common';
import { MetricsService } from '../../metrics/metrics.service.js';
import { CallNotes } from '../connection/call-notes.service.js';
import { TokenService } from '../connection/token.service.js';
import type { Answer, Silence } from './answer.js';
import { failureOf, silenceError, unreadableError } from './classify.js';
import { jsonOf } from './fault.js';
import { UnreadableFieldError } from './fields.js';
import { isMetered, type QboOperation } from './operations.js';
import type { QboCompany } from './qbo-company.js';
import { QboError } from './qbo-error.js';
import { type SdkCall, SdkClient, type SdkQuery } from './sdk.client.js';

/** One call as QboClient describes it. */
export interface QboCall<T> {
  operation: QboOperation;
  send: SdkCall;
  /** What the SDK's method cannot send by itself. */
  query?: SdkQuery;
  /** Reads the answer's JSON; UnreadableFieldError where it cannot. */
  read: (body: object) => T;
  requestId?: string;
}

/**
 * Makes one call to QuickBooks. Promise: it answers what was read, or throws a QboError; a 401 is met by one fresh token
 * and the same call once more; every request is counted and logged without its content.
 */
@Injectable()
export class QboCallService {
  private readonly logger = new Logger('QuickBooks');

  constructor(
    private readonly sdk: SdkClient,
    private readonly tokens: TokenService,
    private readonly notes: CallNotes,
    private readonly metrics: MetricsService,
  ) {}

  /** Calls with the company's own token. */
  async call<T>(company: QboCompany, call: QboCall<T>): Promise<T> {
    try {
      const result = await this.withFreshToken(company, call);
      await this.notes.succeeded(company);
      return result;
    } catch (error) {
      this.metrics.count('crm_qbo_api_errors_total', { org_id: company.orgId, operation: call.operation });
      if (error instanceof QboError) await this.notes.failed(company, error);
      throw error;
    }
  }

  /** Calls once with a token that is not stored yet. */
  async callWith<T>(company: QboCompany, accessToken: string, call: QboCall<T>): Promise<T> {
    return this.resultOf(call, await this.exchange(company, accessToken, call));
  }

  private async withFreshToken<T>(company: QboCompany, call: QboCall<T>): Promise<T> {
    const token = await this.tokens.accessToken(company);
    const answer = await this.exchange(company, token, call);
    if (!('status' in answer) || answer.status !== 401) return this.resultOf(call, answer);
    const fresh = await this.tokens.accessToken(company, { rejected: token });
    return this.resultOf(call, await this.exchange(company, fresh, call));
  }

  private async exchange<T>(
    company: QboCompany,
    accessToken: string,
    call: QboCall<T>,
  ): Promise<Answer | Silence> {
    const startedAt = performance.now();
    const answer = await this.sdk.send(company.realmId, accessToken, call.send, call.query);
    const status = 'status' in answer ? answer.status : undefined;
    this.metrics.count('crm_qbo_api_requests_total', {
      operation: call.operation,
      status_class: status === undefined ? 'none' : `${Math.floor(status / 100)}xx`,
      metered: String(isMetered(call.operation)),
    });
    this.logger.debug(
      {
        operation: call.operation,
        org_id: company.orgId,
        realm_id: company.realmId,
        status,
        intuit_tid: 'intuitTid' in answer ? answer.intuitTid : undefined,
        duration_ms: Math.round(performance.now() - startedAt),
        requestid: call.requestId,
      },
      'Called QuickBooks',
    );
    return answer;
  }

  private resultOf<T>({ operation, read }: QboCall<T>, answer: Answer | Silence): T {
    if (!('status' in answer)) throw silenceError(operation, answer);
    const failure = failureOf(operation, answer);
    if (failure) throw failure;
    try {
      return read(jsonOf(answer.text)!);
    } catch (error) {
      if (error instanceof UnreadableFieldError) throw unreadableError(operation, answer, error.message);
      throw error;
    }
  }
}
