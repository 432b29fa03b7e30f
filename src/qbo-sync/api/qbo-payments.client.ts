import { Injectable } from '@nestjs/common';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { SdkCall } from './http/sdk.client.js';
import { changedSince, rowsByHundreds } from './mappers/queries/criteria.js';
import { PAYMENT } from './mappers/reading/entities.js';
import { paymentApplicationPayload, paymentPayload } from './mappers/writing/to-qbo.js';
import type { QboCompany } from './model/qbo-company.js';
import type { PaymentApplication, PaymentDraft, QboPayment } from './model/qbo-objects.js';
import type { ReadRows } from './model/unreadable.js';
import { rowsOf, rowsSince } from './page-walk.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, CallResult } from './pipeline/qbo-http-pipeline.service.js';

/** Payments of customers. Throws QboError. */
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
    return rowsSince(since, (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findPayments(criteria, done);
      return this.calls.rows(company, 'payment.query', PAYMENT, send, options);
    });
  }

  /** Every payment that was entered or changed since an instant of QuickBooks' time: one read for each thousand. */
  findChanged(company: QboCompany, since: Date, options?: CallOptions): Promise<ReadRows<QboPayment>> {
    return rowsOf(changedSince(since), (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findPayments(criteria, done);
      return this.calls.rows(company, 'payment.query', PAYMENT, send, options);
    });
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
}
