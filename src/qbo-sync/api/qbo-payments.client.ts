import { Injectable } from '@nestjs/common';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { SdkCall } from './http/sdk.client.js';
import { ALL_ROWS, byHundreds, ofCustomerEnteredSince, where } from './mappers/criteria.js';
import { PAYMENT, REFUND } from './mappers/entities.js';
import { paymentApplicationPayload, paymentPayload, refundPayload } from './mappers/to-qbo.js';
import type { QboCompany } from './model/qbo-company.js';
import type {
  PaymentApplication,
  PaymentDraft,
  QboPayment,
  QboRefund,
  RefundDraft,
} from './model/qbo-objects.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, CallResult } from './pipeline/qbo-http-pipeline.service.js';

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

  /** Payments of a customer that were entered on a day or later. */
  find(
    company: QboCompany,
    customerId: string,
    since: CalendarDay,
    options?: CallOptions,
  ): Promise<QboPayment[]> {
    const criteria = where(ofCustomerEnteredSince(customerId, since), ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findPayments(criteria, done);
    return this.calls.every(company, 'payment.query', PAYMENT, send, options);
  }

  /** The payments of these ids, a hundred to a call. One that was deleted is simply missing. */
  findByIds(company: QboCompany, ids: readonly string[], options?: CallOptions): Promise<QboPayment[]> {
    return byHundreds(ids, (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findPayments(criteria, done);
      return this.calls.every(company, 'payment.query', PAYMENT, send, options);
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

  /** Refund receipts of a customer that were entered on a day or later. */
  findRefunds(
    company: QboCompany,
    customerId: string,
    since: CalendarDay,
    options?: CallOptions,
  ): Promise<QboRefund[]> {
    const criteria = where(ofCustomerEnteredSince(customerId, since), ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findRefundReceipts(criteria, done);
    return this.calls.every(company, 'refund.query', REFUND, send, options);
  }
}
