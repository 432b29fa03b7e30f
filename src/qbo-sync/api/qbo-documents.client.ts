import { Injectable } from '@nestjs/common';
import type { QueryCriteria } from 'node-quickbooks';
import type { SdkCall } from './http/sdk.client.js';
import { type AgedReport, readAgedReport } from './mappers/aged-report.js';
import { ACTIVE_OR_NOT, byHundreds, where } from './mappers/criteria.js';
import { documentEntity, LEDGER_ACCOUNT } from './mappers/entities.js';
import { type Condition, instantText, ROWS_PER_PAGE_MAX } from './mappers/query.js';
import { readAllChanges, readCount, readEveryRow, readRows, readTime } from './mappers/response-parser.js';
import type { QboCompany } from './model/qbo-company.js';
import {
  DOCUMENT_TYPES,
  type DocumentType,
  type QboDocument,
  type QboDocuments,
  type QboLedgerAccount,
} from './model/qbo-documents.js';
import type { QboChanges } from './model/qbo-objects.js';
import { type CallOptions, QboHttpPipelineService } from './pipeline/qbo-http-pipeline.service.js';

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
  constructor(private readonly pipeline: QboHttpPipelineService) {}

  /** What changed of invoices, payments and customers, and of every other document, in one call. */
  async changesSince(company: QboCompany, since: Date, options?: CallOptions): Promise<QboChanges> {
    const send: SdkCall = (sdk, done) => sdk.changeDataCapture(ENTITIES, instantText(since), done);
    const call = { operation: 'cdc', send, read: readAllChanges } as const;
    return (await this.pipeline.call(company, call, options)).value;
  }

  /** A page of at most 1,000 documents of one type, by id, from a position that counts from 1. */
  async listDocuments(
    company: QboCompany,
    type: DocumentType,
    startPosition: number,
    options?: CallOptions,
  ): Promise<QboDocuments> {
    const criteria = whereCriteria([['Id', '0', '>']], startPosition);
    const send: SdkCall = (sdk, done) => FIND[type](sdk, criteria, done);
    const read = (body: object): QboDocuments => {
      const rows = readRows(body, documentEntity(type));
      const full = rows.count >= ROWS_PER_PAGE_MAX;
      return { documents: rows.read, unreadable: rows.unreadable, full, asOf: readTime(body) };
    };
    return (await this.pipeline.call(company, { operation: 'document.query', send, read }, options)).value;
  }

  /** The documents of one type with these ids, a hundred to a call; those that are gone are left out. */
  async findDocuments(
    company: QboCompany,
    type: DocumentType,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<QboDocument[]> {
    const read = (body: object): QboDocument[] => readEveryRow(body, documentEntity(type));
    return byHundreds(ids, async (criteria) => {
      const send: SdkCall = (sdk, done) => FIND[type](sdk, criteria, done);
      return (await this.pipeline.call(company, { operation: 'document.query', send, read }, options)).value;
    });
  }

  /** How many documents of one type there are. */
  async countDocuments(company: QboCompany, type: DocumentType, options?: CallOptions): Promise<number> {
    const send: SdkCall = (sdk, done) => FIND[type](sdk, [{ count: true }], done);
    const call = { operation: 'document.query', send, read: readCount } as const;
    return (await this.pipeline.call(company, call, options)).value;
  }

  /** The chart of accounts, inactive ones too: at most 1,000. */
  async listLedgerAccounts(company: QboCompany, options?: CallOptions): Promise<QboLedgerAccount[]> {
    const criteria = whereCriteria([ACTIVE_OR_NOT], 1);
    const send: SdkCall = (sdk, done) => sdk.findAccounts(criteria, done);
    const read = (body: object): QboLedgerAccount[] => readEveryRow(body, LEDGER_ACCOUNT);
    return (await this.pipeline.call(company, { operation: 'account.query', send, read }, options)).value;
  }

  /** QuickBooks' own report of receivables at the end of a day, by customer: one metered read, whatever its size. */
  async agedReceivables(company: QboCompany, day: string, options?: CallOptions): Promise<AgedReport> {
    const send: SdkCall = (sdk, done) => sdk.reportAgedReceivables({ report_date: day }, done);
    const call = { operation: 'report.read', send, read: readAgedReport } as const;
    return (await this.pipeline.call(company, call, options)).value;
  }
}

function whereCriteria(conditions: readonly Condition[], startPosition: number): QueryCriteria {
  return where(conditions, { orderBy: 'Id', startPosition, maxResults: ROWS_PER_PAGE_MAX });
}
