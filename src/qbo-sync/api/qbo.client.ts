import { Injectable } from '@nestjs/common';
import type { QueryCriteria, QuickBooks } from 'node-quickbooks';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import {
  type CustomerAnswers,
  type CustomerRequest,
  customerBatchPayload,
  readCustomerAnswers,
} from './mappers/customer-batch.js';
import {
  ACCOUNT,
  COMPANY_INFO,
  CUSTOMER,
  type Entity,
  INVOICE,
  ITEM,
  PAYMENT,
  PREFERENCES,
  REFUND,
} from './mappers/entities.js';
import { readChanges, readCount, readEveryRow, readOne, readRows } from './mappers/response-parser.js';
import { incomeAccountOf } from './mappers/income-account.js';
import { hasEmail, sameName } from './mappers/matching.js';
import type { QboEndpoint } from './model/endpoints.js';
import {
  customerPatchPayload,
  customerPayload,
  invoicePayload,
  itemPayload,
  paymentPayload,
  refundPayload,
} from './mappers/to-qbo.js';
import { type QboCall, QboCallService } from './pipeline/qbo-call.service.js';
import type { QboCompany } from './model/qbo-company.js';
import type {
  CustomerDraft,
  CustomerPatch,
  InvoiceDraft,
  ItemDraft,
  PaymentDraft,
  QboAccount,
  QboChanges,
  QboCompanyInfo,
  QboCustomer,
  QboInvoice,
  QboInvoices,
  QboItem,
  QboPayment,
  QboPreferences,
  QboRefund,
  RefundDraft,
} from './model/qbo-objects.js';
import {
  type Condition,
  IDS_PER_QUERY_MAX,
  instantText,
  ROWS_PER_PAGE_MAX,
  whereClause,
} from './mappers/query.js';
import type { SdkCall } from './http/sdk.client.js';

type BatchItems = Parameters<QuickBooks['batch']>[0];

const ACTIVE_OR_NOT: Condition = ['Active', [true, false]];

/**
 * QuickBooks Online, one method per verb. Promise: an answer is read at the edge or a QboError says why not and what
 * to do about it; a write goes out under the requestid given, and under the same one when a 401 makes it go out twice.
 * Nothing is retried but that 401, and nothing is read again after a write.
 *
 * The SDK takes the requestid out of the very object it is given, so each attempt hands it a new one.
 */
@Injectable()
export class QboClient {
  constructor(private readonly calls: QboCallService) {}

  createCustomer(company: QboCompany, draft: CustomerDraft, requestId: string): Promise<QboCustomer> {
    const payload = customerPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createCustomer({ ...payload, requestId }, done);
    return this.one(company, 'customer.create', CUSTOMER, send, requestId);
  }

  /** Changes only what the patch names. Throws QboError `stale` when the customer is no longer at this SyncToken. */
  updateCustomer(company: QboCompany, patch: CustomerPatch, requestId?: string): Promise<QboCustomer> {
    const payload = customerPatchPayload(patch);
    const send: SdkCall = (sdk, done) => sdk.updateCustomer({ ...payload, requestId }, done);
    return this.one(company, 'customer.update', CUSTOMER, send, requestId);
  }

  /**
   * Up to 30 creations and changes of customers in one call, under a requestid of at most 36 characters. Each is
   * answered by itself; one that QuickBooks left out is `uncertain`. Throws QboError where the call failed as a whole.
   */
  batchCustomers(
    company: QboCompany,
    requests: readonly CustomerRequest[],
    requestId: string,
  ): Promise<CustomerAnswers> {
    return this.calls.call(company, {
      operation: 'customer.batch',
      send: (sdk, done) => sdk.batch(customerBatchPayload(requests) as BatchItems, done),
      query: { requestid: requestId },
      read: (body) => readCustomerAnswers(body, requests),
      requestId,
    });
  }

  getCustomer(company: QboCompany, id: string): Promise<QboCustomer> {
    return this.one(company, 'customer.read', CUSTOMER, (sdk, done) => sdk.getCustomer(id, done));
  }

  /** Customers of this name, inactive ones too. Upper and lower case are the same to QuickBooks. */
  findCustomersByDisplayName(company: QboCompany, name: string): Promise<QboCustomer[]> {
    const criteria = where([['DisplayName', name], ACTIVE_OR_NOT], { maxResults: ROWS_PER_PAGE_MAX });
    return this.every(company, 'customer.query', CUSTOMER, (sdk, done) => sdk.findCustomers(criteria, done));
  }

  /** Active customers with exactly this e-mail address, apart from case. */
  async findCustomersByEmail(company: QboCompany, email: string): Promise<QboCustomer[]> {
    const criteria = where([['PrimaryEmailAddr', email]], { maxResults: ROWS_PER_PAGE_MAX });
    const send: SdkCall = (sdk, done) => sdk.findCustomers(criteria, done);
    const customers = await this.every(company, 'customer.query', CUSTOMER, send);
    return customers.filter((customer) => hasEmail(customer, email));
  }

  /** The product or service of this name, an active one first; null when there is none. */
  async findItemByName(company: QboCompany, name: string): Promise<QboItem | null> {
    const criteria = where([['Name', name], ACTIVE_OR_NOT], { maxResults: ROWS_PER_PAGE_MAX });
    const send: SdkCall = (sdk, done) => sdk.findItems(criteria, done);
    const items = await this.every(company, 'item.query', ITEM, send);
    const named = items.filter((item) => sameName(item.name, name));
    return named.find((item) => item.active) ?? named[0] ?? null;
  }

  createItem(company: QboCompany, draft: ItemDraft, requestId: string): Promise<QboItem> {
    const payload = itemPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createItem({ ...payload, requestId }, done);
    return this.one(company, 'item.create', ITEM, send, requestId);
  }

  /** The active income account that sales are best booked to; null when the company has none. */
  async findIncomeAccount(company: QboCompany): Promise<QboAccount | null> {
    const conditions = [['AccountType', 'Income'] as const, ['Active', true] as const];
    const criteria = where(conditions, { maxResults: ROWS_PER_PAGE_MAX });
    const send: SdkCall = (sdk, done) => sdk.findAccounts(criteria, done);
    return incomeAccountOf(await this.every(company, 'account.query', ACCOUNT, send));
  }

  /** Creates an invoice. The answer is as QuickBooks counted: tax or credits can make it differ from the draft. */
  createInvoice(company: QboCompany, draft: InvoiceDraft, requestId: string): Promise<QboInvoice> {
    const payload = invoicePayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createInvoice({ ...payload, requestId }, done);
    return this.one(company, 'invoice.create', INVOICE, send, requestId);
  }

  /** An invoice. A deleted one throws QboError `not_found`; a voided one is there. */
  getInvoice(company: QboCompany, id: string): Promise<QboInvoice> {
    return this.one(company, 'invoice.read', INVOICE, (sdk, done) => sdk.getInvoice(id, done));
  }

  findInvoicesByDocNumber(company: QboCompany, docNumber: string): Promise<QboInvoice[]> {
    const criteria = where([['DocNumber', docNumber]], { maxResults: ROWS_PER_PAGE_MAX });
    return this.every(company, 'invoice.query', INVOICE, (sdk, done) => sdk.findInvoices(criteria, done));
  }

  /** The invoices of these ids, a hundred to a call. One that was deleted is simply missing. */
  async findInvoicesByIds(company: QboCompany, ids: readonly string[]): Promise<QboInvoice[]> {
    const distinct = [...new Set(ids)];
    const invoices: QboInvoice[] = [];
    for (let start = 0; start < distinct.length; start += IDS_PER_QUERY_MAX) {
      const some = distinct.slice(start, start + IDS_PER_QUERY_MAX);
      const criteria = where([['Id', some]], { maxResults: IDS_PER_QUERY_MAX });
      const send: SdkCall = (sdk, done) => sdk.findInvoices(criteria, done);
      invoices.push(...(await this.every(company, 'invoice.query', INVOICE, send)));
    }
    return invoices;
  }

  /** How many invoices the company has that are dated on this day or later. */
  countInvoices(company: QboCompany, fromDay: CalendarDay): Promise<number> {
    // The SDK counts only by its own builder; a day holds nothing to escape.
    const criteria = [{ count: true }, { field: 'TxnDate', value: fromDay, operator: '>=' }];
    return this.calls.call(company, {
      operation: 'invoice.query',
      send: (sdk, done) => sdk.findInvoices(criteria as unknown as QueryCriteria, done),
      read: readCount,
    });
  }

  /**
   * A page of at most 1,000 of the same invoices, in the order of their ids, from a position that counts from 1. One
   * that is deleted while the pages are read moves the later ones up, so one of them can be left out.
   */
  listInvoices(company: QboCompany, fromDay: CalendarDay, startPosition: number): Promise<QboInvoices> {
    const page = { orderBy: 'Id', startPosition, maxResults: ROWS_PER_PAGE_MAX };
    return this.invoices(company, where([['TxnDate', fromDay, '>=']], page));
  }

  /** The invoices of at most a hundred ids. One that was deleted is simply missing. */
  listInvoicesByIds(company: QboCompany, ids: readonly string[]): Promise<QboInvoices> {
    return this.invoices(company, where([['Id', ids]], { maxResults: IDS_PER_QUERY_MAX }));
  }

  /** Invoices and payments changed or deleted since an instant, at most 30 days ago, in one call. */
  changesSince(company: QboCompany, since: Date): Promise<QboChanges> {
    return this.calls.call(company, {
      operation: 'cdc',
      send: (sdk, done) => sdk.changeDataCapture(['Invoice', 'Payment'], instantText(since), done),
      read: readChanges,
    });
  }

  /** Records a payment against an invoice. QuickBooks applies no more than is open; the rest comes back as unapplied. */
  createPayment(company: QboCompany, draft: PaymentDraft, requestId: string): Promise<QboPayment> {
    const payload = paymentPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createPayment({ ...payload, requestId }, done);
    return this.one(company, 'payment.create', PAYMENT, send, requestId);
  }

  /** What a customer paid on one day. */
  findPayments(company: QboCompany, customerId: string, txnDate: string): Promise<QboPayment[]> {
    const criteria = where(ofCustomerOn(customerId, txnDate), { maxResults: ROWS_PER_PAGE_MAX });
    return this.every(company, 'payment.query', PAYMENT, (sdk, done) => sdk.findPayments(criteria, done));
  }

  /** Records money given back. */
  createRefund(company: QboCompany, draft: RefundDraft, requestId: string): Promise<QboRefund> {
    const payload = refundPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createRefundReceipt({ ...payload, requestId }, done);
    return this.one(company, 'refund.create', REFUND, send, requestId);
  }

  /** What was given back to a customer on one day. */
  findRefunds(company: QboCompany, customerId: string, txnDate: string): Promise<QboRefund[]> {
    const criteria = where(ofCustomerOn(customerId, txnDate), { maxResults: ROWS_PER_PAGE_MAX });
    return this.every(company, 'refund.query', REFUND, (sdk, done) => sdk.findRefundReceipts(criteria, done));
  }

  /** The payments of these ids, a hundred to a call. One that was deleted is simply missing. */
  async findPaymentsByIds(company: QboCompany, ids: readonly string[]): Promise<QboPayment[]> {
    const distinct = [...new Set(ids)];
    const payments: QboPayment[] = [];
    for (let start = 0; start < distinct.length; start += IDS_PER_QUERY_MAX) {
      const some = distinct.slice(start, start + IDS_PER_QUERY_MAX);
      const criteria = where([['Id', some]], { maxResults: IDS_PER_QUERY_MAX });
      const send: SdkCall = (sdk, done) => sdk.findPayments(criteria, done);
      payments.push(...(await this.every(company, 'payment.query', PAYMENT, send)));
    }
    return payments;
  }

  getPayment(company: QboCompany, id: string): Promise<QboPayment> {
    return this.one(company, 'payment.read', PAYMENT, (sdk, done) => sdk.getPayment(id, done));
  }

  /** Voids an invoice. Throws QboError `stale` when it is no longer at this SyncToken. */
  voidInvoice(
    company: QboCompany,
    { id, syncToken }: { id: string; syncToken: string },
    requestId?: string,
  ): Promise<QboInvoice> {
    const send: SdkCall = (sdk, done) => sdk.voidInvoice({ Id: id, SyncToken: syncToken, requestId }, done);
    return this.one(company, 'invoice.void', INVOICE, send, requestId);
  }

  companyInfo(company: QboCompany): Promise<QboCompanyInfo> {
    return this.calls.call(company, companyInfoCall(company));
  }

  /** The company's own word on who it is, asked with a token that is not stored yet. */
  companyInfoWith(company: QboCompany, accessToken: string): Promise<QboCompanyInfo> {
    return this.calls.callWith(company, accessToken, companyInfoCall(company));
  }

  preferences(company: QboCompany): Promise<QboPreferences> {
    return this.one(company, 'preferences.read', PREFERENCES, (sdk, done) => sdk.getPreferences(done));
  }

  private invoices(company: QboCompany, criteria: QueryCriteria): Promise<QboInvoices> {
    return this.calls.call(company, {
      operation: 'invoice.query',
      send: (sdk, done) => sdk.findInvoices(criteria, done),
      read: (body) => {
        const { read, unreadable, count } = readRows(body, INVOICE);
        return { invoices: read, unreadable, full: count >= ROWS_PER_PAGE_MAX };
      },
    });
  }

  private one<T>(
    company: QboCompany,
    operation: QboEndpoint,
    entity: Entity<T>,
    send: SdkCall,
    requestId?: string,
  ): Promise<T> {
    return this.calls.call(company, { operation, send, requestId, read: (body) => readOne(body, entity) });
  }

  private every<T>(
    company: QboCompany,
    operation: QboEndpoint,
    entity: Entity<T>,
    send: SdkCall,
  ): Promise<T[]> {
    return this.calls.call(company, { operation, send, read: (body) => readEveryRow(body, entity) });
  }
}

/** A statement of ours. The SDK's types know only its own builder; its code takes text as it is. */
function where(...parts: Parameters<typeof whereClause>): QueryCriteria {
  return whereClause(...parts) as unknown as QueryCriteria;
}

function ofCustomerOn(customerId: string, txnDate: string): Condition[] {
  return [
    ['CustomerRef', customerId],
    ['TxnDate', txnDate],
  ];
}

function companyInfoCall({ realmId }: QboCompany): QboCall<QboCompanyInfo> {
  return {
    operation: 'companyinfo.read',
    send: (sdk, done) => sdk.getCompanyInfo(realmId, done),
    read: (body) => readOne(body, COMPANY_INFO),
  };
}
