/** Why an invoice could not be looked at in QuickBooks: the words of an answer `{ok: false, error}`. */
export const INVOICE_NOT_LINKED = 'No QBO invoice linked';
export const QBO_NOT_CONNECTED = 'QBO not connected';
export const INVOICE_IN_ANOTHER_COMPANY =
  'The invoice is in another QuickBooks company than the one connected';
