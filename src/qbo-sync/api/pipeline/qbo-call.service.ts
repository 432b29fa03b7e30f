import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { unreadableError } from '../errors/error-from-response.js';
import { UnreadableFieldError } from '../mappers/json-reader.js';
import { isWrite, type QboEndpoint } from '../model/endpoints.js';
import { AccessTokens } from './access-tokens.js';
import { CallRecorder } from './call-recorder.js';
import { isPatient, retryWaitMs } from './patience.js';
import type { QboCompany } from '../model/qbo-company.js';
import { QboError } from '../errors/qbo-error.js';
import { type Exchange, QboHttpPipelineService, type QboRequest } from './qbo-http-pipeline.service.js';

/** One call as QboClient describes it. */
export interface QboCall<T> extends QboRequest {
  /** Reads the answer's JSON; UnreadableFieldError where it cannot. */
  read: (body: object) => T;
}

/**
 * Makes one call to QuickBooks. Promise: it answers what was read, or throws a QboError; a 401 is met by one fresh token
 * and the same call once more; a read that failed on the way is asked again within `patiently`, and nothing else is; a
 * 429 pauses the company for everybody.
 */
@Injectable()
export class QboCallService {
  constructor(
    private readonly pipeline: QboHttpPipelineService,
    private readonly tokens: AccessTokens,
    private readonly recorder: CallRecorder,
    private readonly metrics: MetricsService,
    private readonly config: Config,
  ) {}

  /** Calls with the company's own token. */
  async call<T>(company: QboCompany, call: QboCall<T>): Promise<T> {
    try {
      const result = await this.withRetries(company, call);
      await this.recorder.succeeded(company);
      return result;
    } catch (error) {
      this.metrics.count('crm_qbo_api_errors_total', { org_id: company.orgId, operation: call.operation });
      if (error instanceof QboError) await this.recorder.failed(company, error);
      throw error;
    }
  }

  /** Calls once with a token that is not stored yet. */
  async callWith<T>(company: QboCompany, accessToken: string, call: QboCall<T>): Promise<T> {
    return this.resultOf(company, call, await this.pipeline.exchange(company, accessToken, call));
  }

  private async withRetries<T>(company: QboCompany, call: QboCall<T>): Promise<T> {
    const deadline = performance.now() + this.config.qbo.requestTimeoutMs;
    for (let retries = 0; ; retries += 1) {
      try {
        return await this.withFreshToken(company, call);
      } catch (error) {
        if (!isPatient() || isWrite(call.operation) || !isBlip(error, call.operation)) throw error;
        const waitMs = retryWaitMs(retries, deadline - performance.now(), Math.random());
        if (waitMs === null) throw error;
        await pause(waitMs);
      }
    }
  }

  private async withFreshToken<T>(company: QboCompany, call: QboCall<T>): Promise<T> {
    const token = await this.tokens.accessToken(company);
    const exchange = await this.pipeline.exchange(company, token, call);
    const { answer } = exchange;
    if (!('status' in answer) || answer.status !== 401) return this.resultOf(company, call, exchange);
    const fresh = await this.tokens.accessToken(company, { rejected: token });
    return this.resultOf(company, call, await this.pipeline.exchange(company, fresh, call));
  }

  private resultOf<T>(
    company: QboCompany,
    { operation, read }: QboCall<T>,
    { answer, body, failure }: Exchange,
  ): T {
    this.pipeline.count(company, operation, failure);
    if (failure !== null) throw failure;
    try {
      return read(body);
    } catch (error) {
      if (error instanceof UnreadableFieldError) throw unreadableError(operation, answer, error.message);
      throw error;
    }
  }
}

/** Failed on the way, and worth another try at once: not where we ourselves held the call back, or had no token. */
function isBlip(error: unknown, operation: QboEndpoint): boolean {
  if (!(error instanceof QboError) || error.kind !== 'transient') return false;
  return error.detail.operation === operation && error.detail.retryAfterSeconds === undefined;
}
