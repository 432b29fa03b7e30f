import { Injectable } from '@nestjs/common';
import type { QueryCriteria, QuickBooks } from 'node-quickbooks';
import { chunk } from '../../platform/concurrency/for-each-concurrent.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import {
  type CustomerAnswers,
  type CustomerRequest,
  customerBatchPayload,
  readCustomerAnswers,
} from './mappers/customer-batch.js';
import {
  ACCOUNT,
  COMPANY_CURRENCY,
  COMPANY_INFO,
  CUSTOMER,
  type Entity,
  EXCHANGE_RATE,
  INVOICE,
  ITEM,
  PAYMENT,
  PREFERENCES,
  REFUND,
  TAX_CODE,
  TERM,
} from './mappers/entities.js';
import {
  readChanges,
  readCount,
  readEveryRow,
  readOne,
  readRows,
  readTime,
} from './mappers/response-parser.js';
import { incomeAccountOf } from './mappers/income-account.js';
import { canStandOnLine, hasEmail, sameName } from './mappers/matching.js';
import { QboError } from './errors/qbo-error.js';
import type { QboEndpoint } from './model/endpoints.js';
import {
  customerPatchPayload,
  customerPayload,
  invoicePayload,
  accountPayload,
  itemPayload,
  paymentApplicationPayload,
  paymentPayload,
  refundPayload,
} from './mappers/to-qbo.js';
import {
  type CallOptions,
  type CallResult,
  type QboCall,
  QboHttpPipelineService,
} from './pipeline/qbo-http-pipeline.service.js';
import type { QboCompany } from './model/qbo-company.js';
import type {
  CustomerDraft,
  CustomerPatch,
  InvoiceDraft,
  AccountDraft,
  ItemDraft,
  PaymentApplication,
  PaymentDraft,
  QboAccount,
  QboChanges,
  QboCompanyInfo,
  QboCustomer,
  QboCustomers,
  QboExchangeRate,
  QboInvoice,
  QboInvoices,
  QboItem,
  QboPayment,
  QboPreferences,
  QboRefund,
  QboTaxCode,
  QboTerm,
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
const ALL_ROWS = { maxResults: ROWS_PER_PAGE_MAX };

/**
 * QuickBooks Online, one method per verb. Promise: an answer is read at the edge or a QboError says why not and what
 * to do about it; a write goes out under the requestid given, and under the same one when a 401 makes it go out twice.
 * Nothing else is retried but reads with `retryReads`, and nothing is read again after a write. A read answers what it
 * read, a write answers it together with Intuit's trace id.
 *
 * The SDK takes the requestid out of the very object it is given, so each attempt hands it a new one.
 */
@Injectable()
export class QboClient {
  constructor(private readonly pipeline: QboHttpPipelineService) {}

  createCustomer(
    company: QboCompany,
    draft: CustomerDraft,
    requestId: string,
  ): Promise<CallResult<QboCustomer>> {
    const payload = customerPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createCustomer({ ...payload, requestId }, done);
    return this.write(company, 'customer.create', CUSTOMER, send, requestId);
  }

  /** Changes only what the patch names. Throws QboError `stale` when the customer is no longer at this SyncToken. */
  updateCustomer(
    company: QboCompany,
    patch: CustomerPatch,
    requestId?: string,
  ): Promise<CallResult<QboCustomer>> {
    const payload = customerPatchPayload(patch);
    const send: SdkCall = (sdk, done) => sdk.updateCustomer({ ...payload, requestId }, done);
    return this.write(company, 'customer.update', CUSTOMER, send, requestId);
  }

  /**
   * Up to 30 creations and changes of customers in one call, under a requestid of at most 36 characters. Each is
   * answered by itself; one that QuickBooks left out is `uncertain`. Throws QboError where the call failed as a whole.
   */
  batchCustomers(
    company: QboCompany,
    requests: readonly CustomerRequest[],
    requestId: string,
  ): Promise<CallResult<CustomerAnswers>> {
    return this.pipeline.call(company, {
      operation: 'customer.batch',
      send: (sdk, done) => sdk.batch(customerBatchPayload(requests) as BatchItems, done),
      query: { requestid: requestId },
      read: (body) => readCustomerAnswers(body, requests),
      requestId,
    });
  }

  getCustomer(company: QboCompany, id: string, options?: CallOptions): Promise<QboCustomer> {
    return this.one(company, 'customer.read', CUSTOMER, (sdk, done) => sdk.getCustomer(id, done), options);
  }

  /** Customers of this name, inactive ones too. Upper and lower case are the same to QuickBooks. */
  findCustomersByDisplayName(
    company: QboCompany,
    name: string,
    options?: CallOptions,
  ): Promise<QboCustomer[]> {
    const criteria = where([['DisplayName', name], ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findCustomers(criteria, done);
    return this.every(company, 'customer.query', CUSTOMER, send, options);
  }

  /** Active customers with exactly this e-mail address, apart from case. */
  async findCustomersByEmail(
    company: QboCompany,
    email: string,
    options?: CallOptions,
  ): Promise<QboCustomer[]> {
    const criteria = where([['PrimaryEmailAddr', email]], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findCustomers(criteria, done);
    const customers = await this.every(company, 'customer.query', CUSTOMER, send, options);
    return customers.filter((customer) => hasEmail(customer, email));
  }

  /** A page of at most 1,000 customers, inactive ones too, by id, from a position that counts from 1. */
  listCustomers(company: QboCompany, startPosition: number, options?: CallOptions): Promise<QboCustomers> {
    const page = { orderBy: 'Id', startPosition, maxResults: ROWS_PER_PAGE_MAX };
    const criteria = where([ACTIVE_OR_NOT], page);
    const send: SdkCall = (sdk, done) => sdk.findCustomers(criteria, done);
    const read = (body: object): QboCustomers => {
      const rows = readRows(body, CUSTOMER);
      const full = rows.count >= ROWS_PER_PAGE_MAX;
      return { customers: rows.read, unreadable: rows.unreadable, full, asOf: readTime(body) };
    };
    return this.read(company, { operation: 'customer.query', send, read }, options);
  }

  /**
   * The item of this name: what can stand on a line before what cannot, an active one first; null when there is none.
   */
  async findItemByName(company: QboCompany, name: string, options?: CallOptions): Promise<QboItem | null> {
    const criteria = where([['Name', name], ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findItems(criteria, done);
    const items = await this.every(company, 'item.query', ITEM, send, options);
    const named = items.filter((item) => sameName(item.name, name));
    const onLines = named.filter(canStandOnLine);
    return onLines.find((item) => item.active) ?? onLines[0] ?? named[0] ?? null;
  }

  createItem(company: QboCompany, draft: ItemDraft, requestId: string): Promise<CallResult<QboItem>> {
    const payload = itemPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createItem({ ...payload, requestId }, done);
    return this.write(company, 'item.create', ITEM, send, requestId);
  }

  /** The active income account that sales are best booked to; null when the company has none. */
  async findIncomeAccount(company: QboCompany, options?: CallOptions): Promise<QboAccount | null> {
    const conditions = [['AccountType', 'Income'] as const, ['Active', true] as const];
    const criteria = where(conditions, ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findAccounts(criteria, done);
    return incomeAccountOf(await this.every(company, 'account.query', ACCOUNT, send, options));
  }

  /** The active accounts of a type, in QuickBooks' words: `Other Current Liability`. */
  findAccounts(company: QboCompany, accountType: string, options?: CallOptions): Promise<QboAccount[]> {
    const criteria = where([['AccountType', accountType] as const, ['Active', true] as const], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findAccounts(criteria, done);
    return this.every(company, 'account.query', ACCOUNT, send, options);
  }

  createAccount(
    company: QboCompany,
    draft: AccountDraft,
    requestId: string,
  ): Promise<CallResult<QboAccount>> {
    const payload = accountPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createAccount({ ...payload, requestId }, done);
    return this.write(company, 'account.create', ACCOUNT, send, requestId);
  }

  /** The chart of accounts, inactive ones too; at most a thousand. */
  listAccounts(company: QboCompany, options?: CallOptions): Promise<QboAccount[]> {
    const criteria = where([ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findAccounts(criteria, done);
    return this.every(company, 'account.query', ACCOUNT, send, options);
  }

  listTaxCodes(company: QboCompany, options?: CallOptions): Promise<QboTaxCode[]> {
    const criteria = where([ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findTaxCodes(criteria, done);
    return this.every(company, 'taxcode.query', TAX_CODE, send, options);
  }

  listTerms(company: QboCompany, options?: CallOptions): Promise<QboTerm[]> {
    const criteria = where([ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findTerms(criteria, done);
    return this.every(company, 'term.query', TERM, send, options);
  }

  /** Creates an invoice. The answer is as QuickBooks counted: tax or credits can make it differ from the draft. */
  createInvoice(
    company: QboCompany,
    draft: InvoiceDraft,
    requestId: string,
  ): Promise<CallResult<QboInvoice>> {
    const payload = invoicePayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createInvoice({ ...payload, requestId }, done);
    return this.write(company, 'invoice.create', INVOICE, send, requestId);
  }

  /** Voids an invoice. Throws QboError `stale` when it is no longer at this SyncToken. */
  voidInvoice(
    company: QboCompany,
    { id, syncToken }: { id: string; syncToken: string },
    requestId: string,
  ): Promise<CallResult<QboInvoice>> {
    const send: SdkCall = (sdk, done) => sdk.voidInvoice({ Id: id, SyncToken: syncToken, requestId }, done);
    return this.write(company, 'invoice.void', INVOICE, send, requestId);
  }

  /** An invoice. A deleted one throws QboError `not_found`; a voided one is there. */
  getInvoice(company: QboCompany, id: string, options?: CallOptions): Promise<QboInvoice> {
    return this.one(company, 'invoice.read', INVOICE, (sdk, done) => sdk.getInvoice(id, done), options);
  }

  findInvoicesByDocNumber(
    company: QboCompany,
    docNumber: string,
    options?: CallOptions,
  ): Promise<QboInvoice[]> {
    const criteria = where([['DocNumber', docNumber]], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findInvoices(criteria, done);
    return this.every(company, 'invoice.query', INVOICE, send, options);
  }

  /** The invoices of these ids, a hundred to a call. One that was deleted is simply missing. */
  findInvoicesByIds(
    company: QboCompany,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<QboInvoice[]> {
    return byHundreds(ids, (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findInvoices(criteria, done);
      return this.every(company, 'invoice.query', INVOICE, send, options);
    });
  }

  /** How many invoices the company has that are dated on this day or later. */
  countInvoices(company: QboCompany, fromDay: CalendarDay, options?: CallOptions): Promise<number> {
    // The SDK counts only by its own builder; a day holds nothing to escape.
    const criteria = [{ count: true }, { field: 'TxnDate', value: fromDay, operator: '>=' }];
    const send: SdkCall = (sdk, done) => sdk.findInvoices(criteria, done);
    return this.read(company, { operation: 'invoice.query', send, read: readCount }, options);
  }

  /**
   * A page of at most 1,000 of the same invoices, in the order of their ids, from a position that counts from 1. One
   * that is deleted while the pages are read moves the later ones up, so one of them can be left out.
   */
  listInvoices(
    company: QboCompany,
    fromDay: CalendarDay,
    startPosition: number,
    options?: CallOptions,
  ): Promise<QboInvoices> {
    const page = { orderBy: 'Id', startPosition, maxResults: ROWS_PER_PAGE_MAX };
    return this.invoices(company, where([['TxnDate', fromDay, '>=']], page), options);
  }

  /** The invoices of at most a hundred ids. One that was deleted is simply missing. */
  listInvoicesByIds(
    company: QboCompany,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<QboInvoices> {
    return this.invoices(company, where([['Id', ids]], { maxResults: IDS_PER_QUERY_MAX }), options);
  }

  /**
   * Invoices, payments, credit memos and customers changed or deleted since an instant, at most 30 days ago, in one
   * call.
   */
  changesSince(company: QboCompany, since: Date, options?: CallOptions): Promise<QboChanges> {
    return this.changes(company, ['Invoice', 'Payment', 'CreditMemo', 'Customer'], since, options);
  }

  /** The same of customers alone. */
  customerChangesSince(company: QboCompany, since: Date, options?: CallOptions): Promise<QboChanges> {
    return this.changes(company, ['Customer'], since, options);
  }

  /**
   * Records a payment against an invoice. QuickBooks applies no more than is open; the rest comes back as unapplied.
   */
  createPayment(
    company: QboCompany,
    draft: PaymentDraft,
    requestId: string,
  ): Promise<CallResult<QboPayment>> {
    const payload = paymentPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createPayment({ ...payload, requestId }, done);
    return this.write(company, 'payment.create', PAYMENT, send, requestId);
  }

  getPayment(company: QboCompany, id: string, options?: CallOptions): Promise<QboPayment> {
    return this.one(company, 'payment.read', PAYMENT, (sdk, done) => sdk.getPayment(id, done), options);
  }

  /** Applies what a payment has left to invoices. Throws QboError `stale` when it is no longer at this SyncToken. */
  applyPayment(
    company: QboCompany,
    application: PaymentApplication,
    requestId: string,
  ): Promise<CallResult<QboPayment>> {
    const payload = paymentApplicationPayload(application);
    const send: SdkCall = (sdk, done) => sdk.updatePayment({ ...payload, requestId }, done);
    return this.write(company, 'payment.update', PAYMENT, send, requestId);
  }

  /** What a customer paid on one day. */
  findPayments(
    company: QboCompany,
    customerId: string,
    txnDate: string,
    options?: CallOptions,
  ): Promise<QboPayment[]> {
    const criteria = where(ofCustomerOn(customerId, txnDate), ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findPayments(criteria, done);
    return this.every(company, 'payment.query', PAYMENT, send, options);
  }

  /** The payments of these ids, a hundred to a call. One that was deleted is simply missing. */
  findPaymentsByIds(
    company: QboCompany,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<QboPayment[]> {
    return byHundreds(ids, (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findPayments(criteria, done);
      return this.every(company, 'payment.query', PAYMENT, send, options);
    });
  }

  /** Records money given back. */
  createRefund(company: QboCompany, draft: RefundDraft, requestId: string): Promise<CallResult<QboRefund>> {
    const payload = refundPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createRefundReceipt({ ...payload, requestId }, done);
    return this.write(company, 'refund.create', REFUND, send, requestId);
  }

  /** What was given back to a customer on one day. */
  findRefunds(
    company: QboCompany,
    customerId: string,
    txnDate: string,
    options?: CallOptions,
  ): Promise<QboRefund[]> {
    const criteria = where(ofCustomerOn(customerId, txnDate), ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findRefundReceipts(criteria, done);
    return this.every(company, 'refund.query', REFUND, send, options);
  }

  companyInfo(company: QboCompany, options?: CallOptions): Promise<QboCompanyInfo> {
    return this.read(company, companyInfoCall(company), options);
  }

  /** The company's own word on who it is, asked with a token that is not stored yet. */
  async companyInfoWith(company: QboCompany, accessToken: string): Promise<QboCompanyInfo> {
    return (await this.pipeline.callWithToken(company, accessToken, companyInfoCall(company))).value;
  }

  preferences(company: QboCompany, options?: CallOptions): Promise<QboPreferences> {
    return this.read(company, preferencesCall(), options);
  }

  /** The same, asked with a token that is not stored yet. */
  async preferencesWith(company: QboCompany, accessToken: string): Promise<QboPreferences> {
    return (await this.pipeline.callWithToken(company, accessToken, preferencesCall())).value;
  }

  /** The codes of the currencies that are active on the company's list. */
  listActiveCurrencies(company: QboCompany, options?: CallOptions): Promise<string[]> {
    return this.read(company, activeCurrenciesCall(), options);
  }

  /** The same, asked with a token that is not stored yet. */
  async listActiveCurrenciesWith(company: QboCompany, accessToken: string): Promise<string[]> {
    return (await this.pipeline.callWithToken(company, accessToken, activeCurrenciesCall())).value;
  }

  /** The rate of a currency that was in force on a day; it may be of an earlier one. Null where there is none. */
  async exchangeRate(
    company: QboCompany,
    currency: string,
    day: CalendarDay,
    options?: CallOptions,
  ): Promise<QboExchangeRate | null> {
    const send: SdkCall = (sdk, done) =>
      sdk.getExchangeRate({ sourcecurrencycode: currency, asofdate: day }, done);
    try {
      return await this.one(company, 'exchangerate.read', EXCHANGE_RATE, send, options);
    } catch (error) {
      if (error instanceof QboError && error.kind === 'not_found') return null;
      throw error;
    }
  }

  private invoices(
    company: QboCompany,
    criteria: QueryCriteria,
    options?: CallOptions,
  ): Promise<QboInvoices> {
    const call: QboCall<QboInvoices> = {
      operation: 'invoice.query',
      send: (sdk, done) => sdk.findInvoices(criteria, done),
      read: (body) => {
        const { read, unreadable, count } = readRows(body, INVOICE);
        return { invoices: read, unreadable, full: count >= ROWS_PER_PAGE_MAX };
      },
    };
    return this.read(company, call, options);
  }

  private write<T>(
    company: QboCompany,
    operation: QboEndpoint,
    entity: Entity<T>,
    send: SdkCall,
    requestId: string | undefined,
  ): Promise<CallResult<T>> {
    return this.pipeline.call(company, {
      operation,
      send,
      requestId,
      read: (body) => readOne(body, entity),
    });
  }

  private one<T>(
    company: QboCompany,
    operation: QboEndpoint,
    entity: Entity<T>,
    send: SdkCall,
    options?: CallOptions,
  ): Promise<T> {
    return this.read(company, { operation, send, read: (body) => readOne(body, entity) }, options);
  }

  private every<T>(
    company: QboCompany,
    operation: QboEndpoint,
    entity: Entity<T>,
    send: SdkCall,
    options?: CallOptions,
  ): Promise<T[]> {
    return this.read(company, { operation, send, read: (body) => readEveryRow(body, entity) }, options);
  }

  private changes(
    company: QboCompany,
    entities: string[],
    since: Date,
    options?: CallOptions,
  ): Promise<QboChanges> {
    const send: SdkCall = (sdk, done) => sdk.changeDataCapture(entities, instantText(since), done);
    return this.read(company, { operation: 'cdc', send, read: readChanges }, options);
  }

  private async read<T>(company: QboCompany, call: QboCall<T>, options?: CallOptions): Promise<T> {
    return (await this.pipeline.call(company, call, options)).value;
  }
}

/** Asks for distinct ids, a hundred to a statement, one statement after the other. */
async function byHundreds<T>(
  ids: readonly string[],
  ask: (criteria: QueryCriteria) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (const some of chunk([...new Set(ids)], IDS_PER_QUERY_MAX)) {
    found.push(...(await ask(where([['Id', some]], { maxResults: IDS_PER_QUERY_MAX }))));
  }
  return found;
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

function activeCurrenciesCall(): QboCall<string[]> {
  const criteria = where([['Active', true]], ALL_ROWS);
  return {
    operation: 'currency.query',
    send: (sdk, done) => sdk.findCompanyCurrencies(criteria, done),
    read: (body) =>
      readEveryRow(body, COMPANY_CURRENCY).flatMap(({ code, active }) => (active ? [code] : [])),
  };
}

function preferencesCall(): QboCall<QboPreferences> {
  return {
    operation: 'preferences.read',
    send: (sdk, done) => sdk.getPreferences(done),
    read: (body) => readOne(body, PREFERENCES),
  };
}

function companyInfoCall({ realmId }: QboCompany): QboCall<QboCompanyInfo> {
  return {
    operation: 'companyinfo.read',
    send: (sdk, done) => sdk.getCompanyInfo(realmId, done),
    read: (body) => readOne(body, COMPANY_INFO),
  };
}
