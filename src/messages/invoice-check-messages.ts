/** Why an invoice could not be looked at in QuickBooks: the words of an answer `{ok: false, error}`. */
export const INVOICE_NOT_LINKED = 'No QBO invoice linked';
export const QBO_NOT_CONNECTED = 'QBO not connected';
/** What to do where the books are closed for the day of an invoice that is to be voided. */
export const VOID_IN_CLOSED_BOOKS =
  'Move the closing date in QuickBooks and void it again, or give the customer a credit memo there in the open period.';
/** Why an invoice is not called off whose creation was not answered. */
export const INVOICE_IN_DOUBT =
  'QuickBooks has not said yet whether it made the invoice, so it is not voided. Void it again in a few minutes.';
export const INVOICE_LEFT_IN_DOUBT =
  'Nobody knows whether QuickBooks made the invoice, so it is not voided. Look for it there first: if it is there, ' +
  'resolve the item of the inbox about it with its id; if it is not, dismiss that. Void it then.';
export const INVOICE_IN_DOUBT_ELSEWHERE =
  'QuickBooks has not said whether it made the invoice in the company that was connected before, so it is not ' +
  'voided. Connect that one again and void it then.';
export const INVOICE_IN_ANOTHER_COMPANY =
  'The invoice is in another QuickBooks company than the one connected';

/** Something that is no id of QuickBooks' was linked by SQL. */
export function idOfNone(what: 'invoice' | 'customer', id: string): string {
  return (
    `QuickBooks has no ${what} “${id}”: its ids are numbers. It was linked by hand: correct qbo_${what}_id in the ` +
    'database, or take it out.'
  );
}

/** An invoice of QuickBooks was linked by SQL to a second proposal. */
export function invoiceOfAnother(qboInvoiceId: string, holder: number): string {
  return `QBO invoice ${qboInvoiceId} belongs to proposal ${holder} already`;
}
