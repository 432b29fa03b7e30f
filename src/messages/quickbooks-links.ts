/** The pages of QuickBooks' own application that we lead to, with the name of the id that each takes. */
const PAGES = {
  invoice: 'txnId',
  bill: 'txnId',
  vendorcredit: 'txnId',
  expense: 'txnId',
  customerdetail: 'nameId',
} as const;

/** Where somebody who is signed in to QuickBooks sees a document or a customer. Pure. */
export function quickBooksLink(
  environment: 'sandbox' | 'production',
  page: keyof typeof PAGES,
  id: string,
): string {
  const host = environment === 'sandbox' ? 'sandbox.qbo.intuit.com' : 'qbo.intuit.com';
  return `https://${host}/app/${page}?${PAGES[page]}=${encodeURIComponent(id)}`;
}
