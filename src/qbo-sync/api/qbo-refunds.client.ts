import { Injectable } from '@nestjs/common';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { SdkCall } from './http/sdk.client.js';
import { rowsByHundreds } from './mappers/queries/criteria.js';
import { REFUND } from './mappers/reading/entities.js';
import { refundPayload } from './mappers/writing/to-qbo.js';
import type { QboCompany } from './model/qbo-company.js';
import type { QboRefund, RefundDraft } from './model/qbo-objects.js';
import type { ReadRows } from './model/unreadable.js';
import { rowsSince } from './page-walk.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, CallResult } from './pipeline/qbo-http-pipeline.service.js';

/** Refund receipts. Throws QboError. */
@Injectable()
export class QboRefundsClient {
  constructor(private readonly calls: EntityCallsService) {}

  /** Records money given back. */
  create(company: QboCompany, draft: RefundDraft, requestId: string): Promise<CallResult<QboRefund>> {
    const payload = refundPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createRefundReceipt({ ...payload, requestId }, done);
    return this.calls.write(company, 'refund.create', REFUND, send, requestId);
  }

  get(company: QboCompany, id: string, options?: CallOptions): Promise<QboRefund> {
    const send: SdkCall = (sdk, done) => sdk.getRefundReceipt(id, done);
    return this.calls.one(company, 'refund.read', REFUND, send, options);
  }

  /** The refund receipts of these ids, a hundred to a call. One that was deleted is simply missing. */
  findByIds(
    company: QboCompany,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<ReadRows<QboRefund>> {
    return rowsByHundreds(ids, (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findRefundReceipts(criteria, done);
      return this.calls.rows(company, 'refund.query', REFUND, send, options);
    });
  }

  /** Every refund receipt that was entered on a day or later: one read for each thousand. */
  find(company: QboCompany, since: CalendarDay, options?: CallOptions): Promise<ReadRows<QboRefund>> {
    return rowsSince(since, (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findRefundReceipts(criteria, done);
      return this.calls.rows(company, 'refund.query', REFUND, send, options);
    });
  }
}
