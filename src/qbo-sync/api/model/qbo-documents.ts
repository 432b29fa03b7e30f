import type { ExchangeRate } from '../../../platform/money/exchange-rate.js';
import type { Unreadable } from './unreadable.js';

/** The documents of a company that move receivables, payables, income or cost, by QuickBooks' names. */
export const DOCUMENT_TYPES = [
  'Invoice',
  'CreditMemo',
  'Payment',
  'SalesReceipt',
  'RefundReceipt',
  'Deposit',
  'JournalEntry',
  'Bill',
  'VendorCredit',
  'BillPayment',
  'Purchase',
] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];

export type PartyKind = 'customer' | 'vendor' | 'employee';

/** Whom a document or a line is about. */
export interface QboParty {
  kind: PartyKind;
  id: string;
  name: string | null;
}

/** Any of the documents, as far as reports need it. Money in cents of its own currency, never negative in the head. */
export interface QboDocument {
  type: DocumentType;
  id: string;
  syncToken: string;
  txnOn: string;
  dueOn: string | null;
  /** Our number, the vendor's number, a cheque's number. */
  number: string | null;
  party: QboParty | null;
  currency: string | null;
  exchangeRate: ExchangeRate | null;
  totalCents: number;
  balanceCents: number | null;
  /** What an invoice's own Deposit field took off. */
  depositCents: number;
  memo: string | null;
  voided: boolean;
  /** Of a Purchase: money that came back (`Credit`). */
  refund: boolean;
  lastUpdatedAt: Date | null;
  lines: QboDocumentLine[];
  links: QboDocumentLink[];
}

export interface QboDocumentLine {
  /** Its place in the document, from 1. */
  line: number;
  accountId: string | null;
  itemId: string | null;
  party: QboParty | null;
  description: string | null;
  /** Of a journal entry a credit is negative; elsewhere as QuickBooks writes it. */
  cents: number;
  billable: boolean;
}

/** A part of this document that settles another one. */
export interface QboDocumentLink {
  line: number;
  toType: string;
  toId: string;
  cents: number;
}

/** An account of the chart. */
export interface QboLedgerAccount {
  id: string;
  name: string;
  /** QuickBooks' AccountType, `Accounts Receivable`. */
  type: string;
  subType: string | null;
  currency: string | null;
  active: boolean;
}

/** A page of documents of one type. */
export interface QboDocuments {
  documents: QboDocument[];
  unreadable: Unreadable[];
  /** Of all of them, in the order of the page. */
  ids: string[];
  /** As many as QuickBooks answers at once: there may be more. */
  full: boolean;
  /** QBO's own time at the start of the call. */
  asOf: Date;
}

/** One document that changed: as it is now, or only that it is gone. */
export type DocumentChange =
  | { type: DocumentType; id: string; deleted: false; document: QboDocument }
  | { type: DocumentType; id: string; deleted: true };

/** What change data capture says of documents. */
export interface QboDocumentChanges {
  changes: DocumentChange[];
  asOf: Date;
  complete: boolean;
  unreadable: Unreadable[];
}
