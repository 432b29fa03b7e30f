import { Injectable } from '@nestjs/common';
import type { QueryCriteria } from 'node-quickbooks';
import type { SdkCall } from './http/sdk.client.js';
import { type AgedReport, readAgedReport } from './mappers/reading/aged-report.js';
import { ACTIVE_OR_NOT, rowsByHundreds, where } from './mappers/queries/criteria.js';
import { documentEntity, LEDGER_ACCOUNT } from './mappers/reading/entities.js';
import { readAllPages } from './page-walk.js';
import { type Condition, instantText, ROWS_PER_PAGE_MAX } from './mappers/queries/query.js';
import { readAllChanges, readCount, readRows, readTime } from './mappers/reading/response-parser.js';
import type { QboCompany } from './model/qbo-company.js';
import {
  DOCUMENT_TYPES,
  type DocumentType,
  type QboDocument,
  type QboDocuments,
  type QboLedgerAccount,
} from './model/qbo-documents.js';
import type { ReadRows } from './model/unreadable.js';
import type { QboChanges } from './model/qbo-objects.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions } from './pipeline/qbo-http-pipeline.service.js';

type FindDocuments = (sdk: Parameters<SdkCall>[0], criteria: QueryCriteria, done: () => void) => void;

/** The SDK's method for each type of document. */
const FIND: Readonly<Record<DocumentType, FindDocuments>> = {
  Invoice: (sdk, criteria, done) => sdk.findInvoices(criteria, done),
  CreditMemo: (sdk, criteria, done) => sdk.findCreditMemos(criteria, done),
  Payment: (sdk, criteria, done) => sdk.findPayments(criteria, done),
  SalesReceipt: (sdk, criteria, done) => sdk.findSalesReceipts(criteria, done),
  RefundReceipt: (sdk, criteria, done) => sdk.findRefundReceipts(criteria, done),
  Deposit: (sdk, criteria, done) => sdk.findDeposits(criteria, done),
  JournalEntry: (sdk, criteria, done) => sdk.findJournalEntries(criteria, done),
  Bill: (sdk, criteria, done) => sdk.findBills(criteria, done),
  VendorCredit: (sdk, criteria, done) => sdk.findVendorCredits(criteria, done),
  BillPayment: (sdk, criteria, done) => sdk.findBillPayments(criteria, done),
  Purchase: (sdk, criteria, done) => sdk.findPurchases(criteria, done),
};
const ENTITIES = [...new Set(['Invoice', 'Payment', 'Customer', ...DOCUMENT_TYPES])];

/** QuickBooks' documents as reports need them. Reads only; each call is one metered read. Throws QboError. */
@Injectable()
export class QboDocumentsClient {
  constructor(private readonly calls: EntityCallsService) {}

  /** What changed of invoices, payments and customers, and of every other document, in one call. */
  async changesSince(company: QboCompany, since: Date, options?: CallOptions): Promise<QboChanges> {
    const send: SdkCall = (sdk, done) => sdk.changeDataCapture(ENTITIES, instantText(since), done);
    const call = { operation: 'cdc', send, read: readAllChanges } as const;
    return this.calls.read(company, call, options);
  }

  /** A page of at most so many documents of one type, by id, from a position that counts from 1. */
  async listDocuments(
    company: QboCompany,
    type: DocumentType,
    { startPosition, rows: rowsMax }: { startPosition: number; rows: number },
    options?: CallOptions,
  ): Promise<QboDocuments> {
    const criteria = whereCriteria([['Id', '0', '>']], startPosition, rowsMax);
    const send: SdkCall = (sdk, done) => FIND[type](sdk, criteria, done);
    const read = (body: object): QboDocuments => {
      const rows = readRows(body, documentEntity(type));
      const full = rows.count >= rowsMax;
      const { read: documents, unreadable, ids } = rows;
      return { documents, unreadable, ids, full, asOf: readTime(body) };
    };
    return this.calls.read(company, { operation: 'document.query', send, read }, options);
  }

  /** The documents of one type with these ids, a hundred to a call; those that are gone are left out. */
  async findDocuments(
    company: QboCompany,
    type: DocumentType,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<ReadRows<QboDocument>> {
    return rowsByHundreds(ids, (criteria) => {
      const send: SdkCall = (sdk, done) => FIND[type](sdk, criteria, done);
      return this.calls.rows(company, 'document.query', documentEntity(type), send, options);
    });
  }

  /** How many documents of one type there are. */
  async countDocuments(company: QboCompany, type: DocumentType, options?: CallOptions): Promise<number> {
    const send: SdkCall = (sdk, done) => FIND[type](sdk, [{ count: true }], done);
    const call = { operation: 'document.query', send, read: readCount } as const;
    return this.calls.read(company, call, options);
  }

  /** The chart of accounts, inactive ones too: one read for each thousand. */
  async listLedgerAccounts(company: QboCompany, options?: CallOptions): Promise<ReadRows<QboLedgerAccount>> {
    return readAllPages(async (startPosition) => {
      const criteria = whereCriteria([ACTIVE_OR_NOT], startPosition);
      const send: SdkCall = (sdk, done) => sdk.findAccounts(criteria, done);
      return this.calls.rows(company, 'account.query', LEDGER_ACCOUNT, send, options);
    });
  }

  /** QuickBooks' own report of receivables at the end of a day, by customer: one metered read, whatever its size. */
  async agedReceivables(company: QboCompany, day: string, options?: CallOptions): Promise<AgedReport> {
    const send: SdkCall = (sdk, done) => sdk.reportAgedReceivables({ report_date: day }, done);
    const call = { operation: 'report.read', send, read: readAgedReport } as const;
    return this.calls.read(company, call, options);
  }
}

function whereCriteria(
  conditions: readonly Condition[],
  startPosition: number,
  maxResults = ROWS_PER_PAGE_MAX,
): QueryCriteria {
  return where(conditions, { orderBy: 'Id', startPosition, maxResults });
}
