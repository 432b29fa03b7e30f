import { Injectable } from '@nestjs/common';
import type { SdkCall } from './http/sdk.client.js';
import { instantText } from './mappers/queries/query.js';
import { readChanges } from './mappers/reading/response-parser.js';
import type { QboCompany } from './model/qbo-company.js';
import type { QboChanges } from './model/qbo-objects.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions } from './pipeline/qbo-http-pipeline.service.js';
import { QboAccountsClient } from './qbo-accounts.client.js';
import { QboCompanyClient } from './qbo-company.client.js';
import { QboCreditsClient } from './qbo-credits.client.js';
import { QboCustomersClient } from './qbo-customers.client.js';
import { QboInvoicesClient } from './qbo-invoices.client.js';
import { QboItemsClient } from './qbo-items.client.js';
import { QboPaymentsClient } from './qbo-payments.client.js';
import { QboRefundsClient } from './qbo-refunds.client.js';

/**
 * QuickBooks Online, a client for each noun with one method per verb: `invoices.create`. Promise: an answer is read at
 * the edge or a QboError says why not and what to do about it; a write goes out under the requestid given, and under
 * the same one when a 401 makes it go out twice. Nothing else is retried but reads with `retryReads`, and nothing is
 * read again after a write. A read answers what it read, a write answers it together with Intuit's trace id.
 *
 * The SDK takes the requestid out of the very object it is given, so each attempt hands it a new one.
 */
@Injectable()
export class QboClient {
  constructor(
    readonly accounts: QboAccountsClient,
    readonly company: QboCompanyClient,
    readonly credits: QboCreditsClient,
    readonly customers: QboCustomersClient,
    readonly invoices: QboInvoicesClient,
    readonly items: QboItemsClient,
    readonly payments: QboPaymentsClient,
    readonly refunds: QboRefundsClient,
    private readonly calls: EntityCallsService,
  ) {}

  /**
   * Invoices, payments, credit memos, refund receipts and customers changed or deleted since an instant, at most 30
   * days ago, in one call.
   */
  changesSince(company: QboCompany, since: Date, options?: CallOptions): Promise<QboChanges> {
    return this.changes(
      company,
      ['Invoice', 'Payment', 'CreditMemo', 'RefundReceipt', 'Customer'],
      since,
      options,
    );
  }

  /** The same of customers alone. */
  customerChangesSince(company: QboCompany, since: Date, options?: CallOptions): Promise<QboChanges> {
    return this.changes(company, ['Customer'], since, options);
  }

  private changes(
    company: QboCompany,
    entities: string[],
    since: Date,
    options?: CallOptions,
  ): Promise<QboChanges> {
    const send: SdkCall = (sdk, done) => sdk.changeDataCapture(entities, instantText(since), done);
    return this.calls.read(company, { operation: 'cdc', send, read: readChanges }, options);
  }
}
