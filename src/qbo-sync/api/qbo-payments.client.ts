import { Injectable } from '@nestjs/common';
import type { QueryCriteria } from 'node-quickbooks';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { SdkCall } from './http/sdk.client.js';
import { enteredSince, rowsByHundreds, where } from './mappers/criteria.js';
import { type Entity, PAYMENT, REFUND } from './mappers/entities.js';
import { ROWS_PER_PAGE_MAX } from './mappers/query.js';
import { paymentApplicationPayload, paymentPayload, refundPayload } from './mappers/to-qbo.js';
import type { QboEndpoint } from './model/endpoints.js';
import type { QboCompany } from './model/qbo-company.js';
import type {
  PaymentApplication,
  PaymentDraft,
  QboPayment,
  QboRefund,
  RefundDraft,
} from './model/qbo-objects.js';
import type { ReadRows } from './model/unreadable.js';
import { readAllPages } from './page-walk.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, CallResult } from './pipeline/qbo-http-pipeline.service.js';

type SendQuery = (criteria: QueryCriteria) => SdkCall;

/** Payments of customers, and refund receipts. Throws QboError. */
@Injectable()
export class QboPaymentsClient {
  constructor(private readonly calls: EntityCallsService) {}

  /**
   * Records a payment against an invoice. QuickBooks applies no more than is open; the rest comes back as unapplied.
   */
  create(company: QboCompany, draft: PaymentDraft, requestId: string): Promise<CallResult<QboPayment>> {
    const payload = paymentPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createPayment({ ...payload, requestId }, done);
    return this.calls.write(company, 'payment.create', PAYMENT, send, requestId);
  }

  get(company: QboCompany, id: string, options?: CallOptions): Promise<QboPayment> {
    return this.calls.one(company, 'payment.read', PAYMENT, (sdk, done) => sdk.getPayment(id, done), options);
  }

  /** Applies what a payment has left to invoices. Throws QboError `stale` when it is no longer at this SyncToken. */
  apply(
    company: QboCompany,
    application: PaymentApplication,
    requestId: string,
  ): Promise<CallResult<QboPayment>> {
    const payload = paymentApplicationPayload(application);
    const send: SdkCall = (sdk, done) => sdk.updatePayment({ ...payload, requestId }, done);
    return this.calls.write(company, 'payment.update', PAYMENT, send, requestId);
  }

  /** Every payment that was entered on a day or later: one read for each thousand. */
  find(company: QboCompany, since: CalendarDay, options?: CallOptions): Promise<ReadRows<QboPayment>> {
    const send: SendQuery = (criteria) => (sdk, done) => sdk.findPayments(criteria, done);
    return this.entered(company, { operation: 'payment.query', entity: PAYMENT, send }, since, options);
  }

  /**
   * The payments of these ids, a hundred to a call. One that was deleted is simply missing; of one that cannot be read
   * it is known that it is there.
   */
  findByIds(
    company: QboCompany,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<ReadRows<QboPayment>> {
    return rowsByHundreds(ids, (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findPayments(criteria, done);
      return this.calls.rows(company, 'payment.query', PAYMENT, send, options);
    });
  }

  /** Records money given back. */
  createRefund(company: QboCompany, draft: RefundDraft, requestId: string): Promise<CallResult<QboRefund>> {
    const payload = refundPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createRefundReceipt({ ...payload, requestId }, done);
    return this.calls.write(company, 'refund.create', REFUND, send, requestId);
  }

  getRefund(company: QboCompany, id: string, options?: CallOptions): Promise<QboRefund> {
    const send: SdkCall = (sdk, done) => sdk.getRefundReceipt(id, done);
    return this.calls.one(company, 'refund.read', REFUND, send, options);
  }

  /** Every refund receipt that was entered on a day or later: one read for each thousand. */
  findRefunds(company: QboCompany, since: CalendarDay, options?: CallOptions): Promise<ReadRows<QboRefund>> {
    const send: SendQuery = (criteria) => (sdk, done) => sdk.findRefundReceipts(criteria, done);
    return this.entered(company, { operation: 'refund.query', entity: REFUND, send }, since, options);
  }

  private entered<T extends { id: string }>(
    company: QboCompany,
    { operation, entity, send }: { operation: QboEndpoint; entity: Entity<T>; send: SendQuery },
    since: CalendarDay,
    options?: CallOptions,
  ): Promise<ReadRows<T>> {
    return readAllPages((startPosition) => {
      const page = { orderBy: 'Id', startPosition, maxResults: ROWS_PER_PAGE_MAX };
      const criteria = where([enteredSince(since)], page);
      return this.calls.rows(company, operation, entity, send(criteria), options);
    });
  }
}
