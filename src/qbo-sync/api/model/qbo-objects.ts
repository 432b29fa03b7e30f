import type { QboDocumentChanges } from './qbo-documents.js';
import type { Unreadable } from './unreadable.js';
import type { ExchangeRate } from '../../../platform/money/exchange-rate.js';

/**
 * What we read of QuickBooks' objects, checked at the edge: ids and tokens as QBO's own digit strings, money in cents,
 * days as `YYYY-MM-DD`, instants as Date. Names follow QBO's.
 */
export interface QboCustomer {
  id: string;
  syncToken: string;
  displayName: string;
  givenName: string | null;
  familyName: string | null;
  companyName: string | null;
  /** The e-mail field as it stands: QBO keeps several addresses in one. */
  email: string | null;
  /** The primary phone. */
  phone: string | null;
  /** Mobile and alternate phone. */
  otherPhones: string[];
  active: boolean;
  /** The customer it is a sub-customer or job of. */
  parentId: string | null;
  /** Its one currency, ISO 4217; null where the company keeps one alone and does not say. */
  currency: string | null;
}

export interface QboItem {
  id: string;
  syncToken: string;
  name: string;
  /** `Service`, `NonInventory`, `Inventory`; `Category` and `Group` cannot stand on a line. */
  type: string | null;
  active: boolean;
  /** The account its sales are booked to. */
  incomeAccountId: string | null;
}

export interface QboAccount {
  id: string;
  name: string;
  accountType: string;
  accountSubType: string | null;
  active: boolean;
}

export interface QboInvoice {
  id: string;
  /** Numeric digits; grows by one with each effective change, payments included. */
  syncToken: string;
  docNumber: string | null;
  customerId: string;
  txnDate: string | null;
  dueDate: string | null;
  currency: string | null;
  /** Home units for one unit of its currency; null in a company with a single one. */
  exchangeRate: ExchangeRate | null;
  totalCents: number;
  /** The total in the home currency, where the company keeps several. */
  homeTotalCents: number | null;
  /** What of the total is tax. */
  taxCents: number;
  balanceCents: number;
  privateNote: string | null;
  linkedPaymentIds: string[];
  /** What the invoice's own Deposit field took off its balance: money without a Payment. */
  depositCents: number;
  /** Other documents that settle it without a Payment between them. */
  otherLinks: { id: string; type: 'CreditMemo' | 'Deposit' | 'JournalEntry' }[];
  /** Its lines that name a product or service; null where a line cannot be read. */
  itemLines: { itemId: string; amountCents: number; taxCode: string | null }[] | null;
  /** What each rate comes to, and on what before tax; null where a line cannot be read. */
  taxLines: { rateId: string | null; netCents: number; taxCents: number }[] | null;
  /** When it was made, which nobody can change, as its date can be. */
  createdAt: Date | null;
  lastUpdatedAt: Date | null;
}

export interface QboPayment {
  id: string;
  syncToken: string;
  customerId: string;
  totalCents: number;
  unappliedCents: number;
  currency: string | null;
  /** As of an invoice. */
  exchangeRate: ExchangeRate | null;
  txnDate: string | null;
  privateNote: string | null;
  /** The account the money went to; the source of a refund. */
  depositAccountId: string | null;
  /** What of it comes from credit memos. */
  creditMemoCents: number;
  /** The same of each, in the order of its lines, and whether it gives a debt up, which is known once it was read. */
  creditMemos: { id: string; amountCents: number; isWriteOff?: boolean }[];
  /** What of it comes from deposits of the bank feed and from journal entries: money that is no Payment's own. */
  otherMoneyCents: number;
  /** Of that the journal entries, with the part that comes from each. */
  journalEntries: { id: string; amountCents: number }[];
  /** What of it journal entries write off: a receivable that was given up is no money. Known once they were read. */
  writtenOffCents: number;
  /** What of it journal entries give back of income, as a discount does: no money either, and known as that is. */
  givenBackCents: number;
  /** Invoices this payment is applied to, with the part applied to each. */
  applications: { invoiceId: string; amountCents: number }[];
  /** When it was entered, whatever day it is dated; null where QuickBooks leaves it out. */
  enteredAt: Date | null;
}

/** What a customer has to their credit. */
export interface QboCreditMemo {
  id: string;
  syncToken: string;
  docNumber: string | null;
  customerId: string;
  txnDate: string | null;
  totalCents: number;
  taxCents: number;
  /** What of it is on no invoice. */
  balanceCents: number;
  privateNote: string | null;
  /** As of a payment. */
  enteredAt: Date | null;
}

/**
 * One thing that changed: the object as it is now, or only its id where it was deleted. `isGuessed`: a list left it
 * out, as one does that does not know yet what was made a moment ago.
 */
export type Changed<T> =
  | { id: string; deleted: false; object: T }
  | { id: string; deleted: true; isGuessed?: true };

/** What one change-data-capture call answered. */
export interface QboChanges {
  invoices: Changed<QboInvoice>[];
  payments: Changed<QboPayment>[];
  creditMemos: Changed<QboCreditMemo>[];
  refunds: Changed<QboRefund>[];
  customers: Changed<QboCustomer>[];
  /** QBO's own time at the start of the call: the ground of the next cursor. */
  asOf: Date;
  /** False when the answer reached QBO's cap of 1,000 objects and may have left some out. */
  complete: boolean;
  /** Objects that could not be read, by entity and id, so that one bad row does not hide the rest. */
  unreadable: Unreadable[];
  /** The documents among them, where they were asked for. */
  documents?: QboDocumentChanges;
}

/** Some of a company's invoices: those that could be read, and the others by id. */
export interface QboInvoices {
  invoices: QboInvoice[];
  unreadable: Unreadable[];
  /** As many as QuickBooks answers at once: there may be more. */
  full: boolean;
}

/** As much of an invoice as is compared. */
export type ComparedInvoice = Pick<
  QboInvoice,
  'id' | 'syncToken' | 'docNumber' | 'customerId' | 'txnDate' | 'dueDate' | 'totalCents' | 'balanceCents'
>;

/** What decides whether an invoice is news, beside its number. */
export interface ComparedFacts {
  id: string;
  /** Version, money, days and customer: equal to another's exactly where each of them is the same. */
  facts: string;
  /** Null where QuickBooks leaves it out. */
  docNumber: string | null;
}

/** Whether an invoice with these facts is known, so that nobody needs the rest of it. */
export type IsKnown = (invoice: ComparedFacts) => boolean;

/** A page of a company's invoices, those that are known by their ids alone. */
export interface QboChangedInvoices extends QboInvoices {
  known: string[];
}

/** A page of a company's invoices of which nothing but the compared facts was asked for. */
export interface QboKnownInvoices {
  /** The ids of those that are known. */
  known: string[];
  /** How many are not, or cannot be read. */
  unknown: number;
  /** As many as QuickBooks answers at once: there may be more. */
  full: boolean;
}

/** A page of a company's customers. */
export interface QboCustomers {
  customers: QboCustomer[];
  unreadable: Unreadable[];
  /** Of all of them, in the order of the page. */
  ids: string[];
  /** As many as QuickBooks answers at once: there may be more. */
  full: boolean;
  /** QBO's own time at the start of the call. */
  asOf: Date;
}

export interface CustomerDraft {
  displayName: string;
  givenName?: string;
  familyName?: string;
  email?: string;
  phone?: string;
  /** ISO 4217; the home currency where it is left out. Fixed from then on. */
  currency?: string;
}

/** Only the fields to change; null clears. */
export interface CustomerPatch {
  id: string;
  syncToken: string;
  displayName?: string;
  givenName?: string | null;
  familyName?: string | null;
  email?: string | null;
  phone?: string | null;
  active?: boolean;
}

export interface AccountDraft {
  name: string;
  /** QuickBooks' words: `Other Current Liability`, `Other Current Asset`. */
  accountType: string;
  accountSubType: string;
}

export interface ItemDraft {
  name: string;
  incomeAccountId: string;
}

export interface InvoiceDraft {
  customerId: string;
  /** At most 21 characters. */
  docNumber: string;
  txnDate: string;
  dueDate: string;
  /** The id of the terms that the due date follows; left out where QuickBooks has none like it. */
  termId?: string;
  currency?: string;
  /** Home units for one unit of the currency; left out in the home currency. QuickBooks takes 1 where it is missing. */
  exchangeRate?: ExchangeRate;
  privateNote: string;
  billEmail?: string;
  /** Where it goes; left out: where QuickBooks has the customer. */
  billTo?: QboAddressDraft;
  /** Where the work is done: QuickBooks counts tax by it. */
  shipTo?: QboAddressDraft;
  /** Outside the US, where it has to be said. */
  amountsAre?: 'before_tax';
  /** Left out where nothing is taxed. */
  tax?: { countedBy: 'quickbooks' } | { countedBy: 'us'; cents: number };
  /** The id of a location. */
  locationId?: string;
  lines: {
    itemId: string;
    description: string;
    amountCents: number;
    /** `TAX` or `NON` in the US, elsewhere the id of a code. */
    taxCode?: string;
    classId?: string;
  }[];
}

/** A credit memo has no due date and is not sent. */
export type CreditMemoDraft = Omit<InvoiceDraft, 'dueDate' | 'termId' | 'billEmail'>;

/** A payment of nothing that puts what is left of a credit memo on an invoice. */
export interface CreditApplicationDraft {
  customerId: string;
  txnDate: string;
  currency: string;
  /** As of an invoice. */
  exchangeRate?: ExchangeRate;
  privateNote: string;
  creditMemoId: string;
  invoiceId: string;
  amountCents: number;
}

/** Money given back to a customer. It leaves the invoice as it is. */
export interface QboRefund {
  id: string;
  syncToken: string;
  customerId: string | null;
  currency: string | null;
  totalCents: number;
  taxCents: number;
  /** As of an invoice. */
  itemLines: QboInvoice['itemLines'];
  /** Null in the home currency. */
  exchangeRate: ExchangeRate | null;
  privateNote: string | null;
  /** As of a payment. */
  enteredAt: Date | null;
}

export interface PaymentDraft {
  customerId: string;
  totalCents: number;
  txnDate: string;
  currency: string;
  /** As of an invoice. */
  exchangeRate?: ExchangeRate;
  /** At most 21 characters. */
  paymentRef: string;
  privateNote: string;
  invoiceId: string;
}

/** A payment at this version with everything that it is to be applied to, what it was applied to before included. */
export interface PaymentApplication {
  id: string;
  syncToken: string;
  customerId: string;
  totalCents: number;
  applications: { invoiceId: string; amountCents: number }[];
}

/** An address as it is sent; QuickBooks knows its parts by these. */
export interface QboAddressDraft {
  line1: string;
  line2?: string;
  city?: string;
  region?: string;
  postalCode?: string;
  country?: string;
}

export interface RefundDraft {
  customerId: string;
  txnDate: string;
  currency: string;
  /** As of an invoice. */
  exchangeRate?: ExchangeRate;
  /** At most 21 characters. */
  paymentRef: string;
  privateNote: string;
  depositAccountId: string;
  itemId: string;
  /** As on the line of an invoice; of what was not taxed. */
  taxCode?: string;
  /** Where the work is done: QuickBooks counts tax by it. */
  shipTo?: QboAddressDraft;
  /** Outside the US, where it has to be said: with tax, so that the receipt comes to exactly what went back. */
  amountsAre?: 'before_tax' | 'with_tax';
  /** The part of it that was taxed; left out where nothing was. */
  taxed?: {
    netCents: number;
    taxCents: number;
    taxCode: string;
    countedBy: 'quickbooks' | 'us';
    /** With tax, by the codes of the invoice, where they are another or several. */
    byCode?: { taxCode: string; cents: number }[];
  };
  /** What of the rest names another product: of a deposit that is owed, what was released to income by then. */
  released?: { itemId: string; cents: number };
  description: string;
  /** All of it, tax included. */
  amountCents: number;
}
