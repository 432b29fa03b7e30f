import { Injectable } from '@nestjs/common';
import type { SdkCall } from './http/sdk.client.js';
import { ALL_ROWS, rowsByHundreds, where } from './mappers/queries/criteria.js';
import { CREDIT_MEMO, PAYMENT } from './mappers/reading/entities.js';
import { creditApplicationPayload, creditMemoPayload } from './mappers/writing/to-qbo.js';
import type { QboCompany } from './model/qbo-company.js';
import type {
  CreditApplicationDraft,
  CreditMemoDraft,
  QboCreditMemo,
  QboPayment,
} from './model/qbo-objects.js';
import type { ReadRows } from './model/unreadable.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, CallResult } from './pipeline/qbo-http-pipeline.service.js';

/** Credit memos, and the payments of nothing that put them on invoices. Throws QboError. */
@Injectable()
export class QboCreditsClient {
  constructor(private readonly calls: EntityCallsService) {}

  create(company: QboCompany, draft: CreditMemoDraft, requestId: string): Promise<CallResult<QboCreditMemo>> {
    const payload = creditMemoPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createCreditMemo({ ...payload, requestId }, done);
    return this.calls.write(company, 'credit.create', CREDIT_MEMO, send, requestId);
  }

  get(company: QboCompany, id: string, options?: CallOptions): Promise<QboCreditMemo> {
    const send: SdkCall = (sdk, done) => sdk.getCreditMemo(id, done);
    return this.calls.one(company, 'credit.read', CREDIT_MEMO, send, options);
  }

  /** The credit memos under a number, whoever made them. */
  findByDocNumber(
    company: QboCompany,
    docNumber: string,
    options?: CallOptions,
  ): Promise<ReadRows<QboCreditMemo>> {
    const criteria = where([['DocNumber', docNumber]], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findCreditMemos(criteria, done);
    return this.calls.rows(company, 'credit.query', CREDIT_MEMO, send, options);
  }

  /** The credit memos of these ids, a hundred to a call. One that was deleted is simply missing. */
  findByIds(
    company: QboCompany,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<ReadRows<QboCreditMemo>> {
    return rowsByHundreds(ids, (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findCreditMemos(criteria, done);
      return this.calls.rows(company, 'credit.query', CREDIT_MEMO, send, options);
    });
  }

  /** Puts what a credit memo has left on an invoice, by a payment of nothing. */
  apply(
    company: QboCompany,
    draft: CreditApplicationDraft,
    requestId: string,
  ): Promise<CallResult<QboPayment>> {
    const payload = creditApplicationPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createPayment({ ...payload, requestId }, done);
    return this.calls.write(company, 'payment.create', PAYMENT, send, requestId);
  }
}
