import { Injectable } from '@nestjs/common';
import type { QueryCriteria } from 'node-quickbooks';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { assertQboId } from './errors/impossible-id.js';
import type { SdkCall } from './http/sdk.client.js';
import { ALL_ROWS, rowsByHundreds, where } from './mappers/queries/criteria.js';
import { INVOICE } from './mappers/reading/entities.js';
import { IDS_PER_QUERY_MAX, ROWS_PER_PAGE_MAX } from './mappers/queries/query.js';
import { COMPARED_FIELDS } from './mappers/reading/invoice-facts.js';
import {
  readChangedInvoices,
  readKnownInvoices,
  scanChangedInvoices,
  scanKnownInvoices,
} from './mappers/reading/invoice-page.js';
import { readCount } from './mappers/reading/response-parser.js';
import { invoicePayload } from './mappers/writing/to-qbo.js';
import type { QboCompany } from './model/qbo-company.js';
import type {
  InvoiceDraft,
  IsKnown,
  QboInvoice,
  QboChangedInvoices,
  QboKnownInvoices,
} from './model/qbo-objects.js';
import type { ReadRows } from './model/unreadable.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, CallResult, QboCall } from './pipeline/qbo-http-pipeline.service.js';

/** Where a page of a company's invoices begins, of those dated on this day or later, counted from 1. */
export interface ListPosition {
  fromDay: CalendarDay;
  startPosition: number;
}

/** Invoices. Throws QboError. */
@Injectable()
export class QboInvoicesClient {
  constructor(private readonly calls: EntityCallsService) {}

  /** Creates an invoice. The answer is as QuickBooks counted: tax or credits can make it differ from the draft. */
  create(company: QboCompany, draft: InvoiceDraft, requestId: string): Promise<CallResult<QboInvoice>> {
    const payload = invoicePayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createInvoice({ ...payload, requestId }, done);
    return this.calls.write(company, 'invoice.create', INVOICE, send, requestId);
  }

  /** Voids an invoice. Throws QboError `stale` when it is no longer at this SyncToken. */
  void(
    company: QboCompany,
    { id, syncToken }: { id: string; syncToken: string },
    requestId: string,
  ): Promise<CallResult<QboInvoice>> {
    const send: SdkCall = (sdk, done) => sdk.voidInvoice({ Id: id, SyncToken: syncToken, requestId }, done);
    return this.calls.write(company, 'invoice.void', INVOICE, send, requestId);
  }

  /** An invoice. A deleted one throws QboError `not_found`; a voided one is there. */
  async get(company: QboCompany, id: string, options?: CallOptions): Promise<QboInvoice> {
    assertQboId('invoice', id);
    return this.calls.one(company, 'invoice.read', INVOICE, (sdk, done) => sdk.getInvoice(id, done), options);
  }

  /** The invoices under a number, whoever made them. */
  findByDocNumber(
    company: QboCompany,
    docNumber: string,
    options?: CallOptions,
  ): Promise<ReadRows<QboInvoice>> {
    const criteria = where([['DocNumber', docNumber]], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findInvoices(criteria, done);
    return this.calls.rows(company, 'invoice.query', INVOICE, send, options);
  }

  /** The invoices of these ids, a hundred to a call. One that was deleted is simply missing. */
  findByIds(
    company: QboCompany,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<ReadRows<QboInvoice>> {
    return rowsByHundreds(ids, (criteria) => {
      const send: SdkCall = (sdk, done) => sdk.findInvoices(criteria, done);
      return this.calls.rows(company, 'invoice.query', INVOICE, send, options);
    });
  }

  /** How many invoices the company has that are dated on this day or later. */
  count(company: QboCompany, fromDay: CalendarDay, options?: CallOptions): Promise<number> {
    // The SDK counts only by its own builder; a day holds nothing to escape.
    const criteria = [{ count: true }, { field: 'TxnDate', value: fromDay, operator: '>=' }];
    const send: SdkCall = (sdk, done) => sdk.findInvoices(criteria, done);
    return this.calls.read(company, { operation: 'invoice.query', send, read: readCount }, options);
  }

  /**
   * A page of at most 1,000 of the same invoices, in the order of their ids, from a position that counts from 1. One
   * that is deleted while the pages are read moves the later ones up, so one of them can be left out.
   */
  list(
    company: QboCompany,
    position: ListPosition,
    isKnown: IsKnown,
    options?: CallOptions,
  ): Promise<QboChangedInvoices> {
    return this.page(company, listedFrom(position), isKnown, options);
  }

  /**
   * Which invoices of the same page are known. QuickBooks is asked for nothing but what tells that, a fifth of the
   * bytes: of those that are not known, only how many they are is answered.
   */
  listKnown(
    company: QboCompany,
    position: ListPosition,
    isKnown: IsKnown,
    options?: CallOptions,
  ): Promise<QboKnownInvoices> {
    const criteria = listedFrom(position);
    const call: QboCall<QboKnownInvoices> = {
      operation: 'invoice.query',
      send: (sdk, done) => sdk.findInvoices(criteria, done),
      beside: { fields: COMPARED_FIELDS },
      read: (body) => readKnownInvoices(body, isKnown),
      scan: (bytes) => scanKnownInvoices(bytes, isKnown),
    };
    return this.calls.read(company, call, options);
  }

  /** The invoices of at most a hundred ids. One that was deleted is simply missing. */
  listByIds(
    company: QboCompany,
    ids: readonly string[],
    isKnown: IsKnown,
    options?: CallOptions,
  ): Promise<QboChangedInvoices> {
    return this.page(company, where([['Id', ids]], { maxResults: IDS_PER_QUERY_MAX }), isKnown, options);
  }

  private page(
    company: QboCompany,
    criteria: QueryCriteria,
    isKnown: IsKnown,
    options?: CallOptions,
  ): Promise<QboChangedInvoices> {
    const call: QboCall<QboChangedInvoices> = {
      operation: 'invoice.query',
      send: (sdk, done) => sdk.findInvoices(criteria, done),
      read: (body) => readChangedInvoices(body, isKnown),
      scan: (bytes) => scanChangedInvoices(bytes, isKnown),
    };
    return this.calls.read(company, call, options);
  }
}

function listedFrom({ fromDay, startPosition }: ListPosition): QueryCriteria {
  const page = { orderBy: 'Id', startPosition, maxResults: ROWS_PER_PAGE_MAX };
  return where([['TxnDate', fromDay, '>=']], page);
}
