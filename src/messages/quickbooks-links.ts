/** The pages of QuickBooks' own application that we lead to, with the name of the id that each takes. */
const PAGES = {
  invoice: 'txnId',
  creditmemo: 'txnId',
  recvpayment: 'txnId',
  salesreceipt: 'txnId',
  refundreceipt: 'txnId',
  deposit: 'txnId',
  journal: 'txnId',
  bill: 'txnId',
  vendorcredit: 'txnId',
  billpayment: 'txnId',
  expense: 'txnId',
  customerdetail: 'nameId',
} as const;

/** Which page shows a document, by the API's name of its type. */
const PAGE_OF: Readonly<Record<string, keyof typeof PAGES>> = {
  Invoice: 'invoice',
  CreditMemo: 'creditmemo',
  Payment: 'recvpayment',
  SalesReceipt: 'salesreceipt',
  RefundReceipt: 'refundreceipt',
  Deposit: 'deposit',
  JournalEntry: 'journal',
  Bill: 'bill',
  VendorCredit: 'vendorcredit',
  BillPayment: 'billpayment',
  Purchase: 'expense',
  Customer: 'customerdetail',
};

/** In whose books a document is. */
export interface BooksOf {
  environment: 'sandbox' | 'production';
  /** The company; null where that is not known: whichever the reader has open. */
  realmId: string | null;
}

/**
 * Where somebody who is signed in to QuickBooks sees a document or a customer. It opens the company first: an id alone
 * would show whatever has it in the company that happens to be open. Pure.
 */
export function quickBooksLink(
  { environment, realmId }: BooksOf,
  page: keyof typeof PAGES,
  id: string,
): string {
  const host = environment === 'sandbox' ? 'sandbox.qbo.intuit.com' : 'qbo.intuit.com';
  const place = `${page}?${PAGES[page]}=${encodeURIComponent(id)}`;
  if (realmId === null) return `https://${host}/app/${place}`;
  return `https://${host}/app/login?pagereq=${place}&deeplinkcompanyid=${encodeURIComponent(realmId)}`;
}

/** The same by the API's name of the type; null where it has no page, or the document is not in QuickBooks. Pure. */
export function documentLink(books: BooksOf, type: string, id: string | null): string | null {
  const page = PAGE_OF[type];
  return page === undefined || id === null ? null : quickBooksLink(books, page, id);
}
