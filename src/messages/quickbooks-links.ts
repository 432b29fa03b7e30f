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

/** Where somebody who is signed in to QuickBooks sees a document or a customer. Pure. */
export function quickBooksLink(
  environment: 'sandbox' | 'production',
  page: keyof typeof PAGES,
  id: string,
): string {
  const host = environment === 'sandbox' ? 'sandbox.qbo.intuit.com' : 'qbo.intuit.com';
  return `https://${host}/app/${page}?${PAGES[page]}=${encodeURIComponent(id)}`;
}

/** The same by the API's name of the type; null where it has no page, or the document is not in QuickBooks. Pure. */
export function documentLink(
  environment: 'sandbox' | 'production',
  type: string,
  id: string | null,
): string | null {
  const page = PAGE_OF[type];
  return page === undefined || id === null ? null : quickBooksLink(environment, page, id);
}
