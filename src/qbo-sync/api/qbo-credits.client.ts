import { Injectable } from '@nestjs/common';
import type { SdkCall } from './http/sdk.client.js';
import { ALL_ROWS, where } from './mappers/criteria.js';
import { CREDIT_MEMO, PAYMENT } from './mappers/entities.js';
import { readEveryRow, readOne } from './mappers/response-parser.js';
import { creditApplicationPayload, creditMemoPayload } from './mappers/to-qbo.js';
import type { QboCompany } from './model/qbo-company.js';
import type {
  CreditApplicationDraft,
  CreditMemoDraft,
  QboCreditMemo,
  QboPayment,
} from './model/qbo-objects.js';
import {
  type CallOptions,
  type CallResult,
  QboHttpPipelineService,
} from './pipeline/qbo-http-pipeline.service.js';

/** Credit memos, and the payments of nothing that put them on invoices. Throws QboError. */
@Injectable()
export class QboCreditsClient {
  constructor(private readonly pipeline: QboHttpPipelineService) {}

  createCreditMemo(
    company: QboCompany,
    draft: CreditMemoDraft,
    requestId: string,
  ): Promise<CallResult<QboCreditMemo>> {
    const payload = creditMemoPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createCreditMemo({ ...payload, requestId }, done);
    const read = (body: object): QboCreditMemo => readOne(body, CREDIT_MEMO);
    return this.pipeline.call(company, { operation: 'credit.create', send, requestId, read });
  }

  async getCreditMemo(company: QboCompany, id: string, options?: CallOptions): Promise<QboCreditMemo> {
    const send: SdkCall = (sdk, done) => sdk.getCreditMemo(id, done);
    const read = (body: object): QboCreditMemo => readOne(body, CREDIT_MEMO);
    return (await this.pipeline.call(company, { operation: 'credit.read', send, read }, options)).value;
  }

  /** The credit memos under a number, whoever made them. */
  async findByDocNumber(
    company: QboCompany,
    docNumber: string,
    options?: CallOptions,
  ): Promise<QboCreditMemo[]> {
    const criteria = where([['DocNumber', docNumber]], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findCreditMemos(criteria, done);
    const read = (body: object): QboCreditMemo[] => readEveryRow(body, CREDIT_MEMO);
    return (await this.pipeline.call(company, { operation: 'credit.query', send, read }, options)).value;
  }

  /** Puts what a credit memo has left on an invoice, by a payment of nothing. */
  applyCredit(
    company: QboCompany,
    draft: CreditApplicationDraft,
    requestId: string,
  ): Promise<CallResult<QboPayment>> {
    const payload = creditApplicationPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createPayment({ ...payload, requestId }, done);
    const read = (body: object): QboPayment => readOne(body, PAYMENT);
    return this.pipeline.call(company, { operation: 'payment.create', send, requestId, read });
  }
}
