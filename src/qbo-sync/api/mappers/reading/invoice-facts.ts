import type { ComparedFacts, ComparedInvoice } from '../../model/qbo-objects.js';

/** What of an invoice QuickBooks has to tell for them: a fifth of what it tells of one by itself. */
export const COMPARED_FIELDS = [
  'Id',
  'SyncToken',
  'DocNumber',
  'TxnDate',
  'DueDate',
  'TotalAmt',
  'Balance',
  'CustomerRef',
] as const;

/** Between the facts; no fact holds it. */
export const FACT_SEPARATOR = '\u001f';

/** The facts of an invoice that is read. */
export function factsOf(invoice: ComparedInvoice): ComparedFacts {
  const { id, syncToken, totalCents, balanceCents, dueDate, txnDate, customerId, docNumber } = invoice;
  const facts = factsText(syncToken, totalCents, balanceCents, dueDate ?? '', txnDate ?? '', customerId);
  return { id, facts, docNumber };
}

/** The same facts, in this order, as one text; a day that is not there is empty. */
export function factsText(
  syncToken: string,
  totalCents: number,
  balanceCents: number,
  dueDate: string,
  txnDate: string,
  customerId: string,
): string {
  return (
    syncToken +
    FACT_SEPARATOR +
    totalCents +
    FACT_SEPARATOR +
    balanceCents +
    FACT_SEPARATOR +
    dueDate +
    FACT_SEPARATOR +
    txnDate +
    FACT_SEPARATOR +
    customerId
  );
}
