import type { EntityName } from '../catalog.ts';
import { type Body, partOf, refOf, textOf } from '../json.ts';
import type { Posting } from '../ledger/posting.ts';
import { nameShown, type Store } from '../store.ts';

/** What a report says about a document. */
export interface ReportedDocument {
  document: string;
  entity: EntityName;
  id: string;
  body: Body;
  date: string;
  /** As reports call it: `Invoice`, `Bill Payment (Check)`. */
  type: string;
  /** The customer, vendor or employee of the document. */
  name: string;
}

/** A posting with what a report says about its document. */
export type LedgerLine = Posting & ReportedDocument;

const TYPES: Partial<Record<EntityName, string>> = {
  CreditMemo: 'Credit Memo',
  SalesReceipt: 'Sales Receipt',
  RefundReceipt: 'Refund',
  VendorCredit: 'Vendor Credit',
  JournalEntry: 'Journal Entry',
  Customer: 'Invoice',
  Item: 'Inventory Starting Value',
  InventoryAdjustment: 'Inventory Qty Adjust',
};

function typeOf(entity: EntityName, body: Body): string {
  if (entity === 'BillPayment')
    return body.PayType === 'CreditCard' ? 'Bill Payment (Credit Card)' : 'Bill Payment (Check)';
  if (entity === 'Purchase') {
    if (body.PaymentType === 'CreditCard')
      return body.Credit === true ? 'Credit Card Credit' : 'Credit Card Expense';
    return body.PaymentType === 'Check' ? 'Check' : 'Cash Expense';
  }
  return TYPES[entity] ?? entity;
}

/** The kind of record that a report calls by this type; an opening balance is an invoice to it too. */
export function entityOfType(type: string): string {
  if (type.startsWith('Bill Payment')) return 'BillPayment';
  if (['Check', 'Cash Expense', 'Credit Card Expense', 'Credit Card Credit'].includes(type))
    return 'Purchase';
  const known = Object.entries(TYPES).find(([entity, one]) => one === type && entity !== 'Customer');
  return known?.[0] ?? type;
}

/** The day a document counts on. */
export function dateOf(body: Body): string {
  const created = textOf(partOf(body, 'MetaData'), 'CreateTime') ?? '';
  const begun = textOf(body, 'OpenBalanceDate') ?? textOf(body, 'InvStartDate');
  return textOf(body, 'TxnDate') ?? begun ?? created.slice(0, 10);
}

export function partyNameOf(store: Store, body: Body): string {
  const customer = store.find('Customer', refOf(body, 'CustomerRef'));
  const vendor = store.find('Vendor', refOf(body, 'VendorRef') ?? refOf(body, 'EntityRef'));
  return nameShown(customer ?? vendor) ?? '';
}

export function reportedDocument(store: Store, document: string): ReportedDocument {
  const [entity, id] = document.split('|') as [EntityName, string];
  const body = store.find(entity, id) ?? {};
  const name = partyNameOf(store, body);
  return { document, entity, id, body, date: dateOf(body), type: typeOf(entity, body), name };
}

/** The order of days, then of documents. */
export function inOrder(a: ReportedDocument, b: ReportedDocument): number {
  return a.date === b.date ? Number(a.id) - Number(b.id) : a.date < b.date ? -1 : 1;
}

/** Every posting of the company, in the order of their days, then of their documents. */
export function ledgerLines(store: Store): LedgerLine[] {
  const lines = [...store.ledger.documents()].flatMap(([document, postings]) => {
    const known = reportedDocument(store, document);
    return postings.map((posting): LedgerLine => {
      const party = posting.party && nameShown(store.find(posting.party.type, posting.party.id));
      return { ...posting, ...known, name: party ?? known.name };
    });
  });
  return lines.toSorted(inOrder);
}
