import type { ComparedFacts, QboInvoice } from '../model/qbo-objects.js';

/** Between the facts; no fact holds it. */
export const FACT_SEPARATOR = '\u001f';

/** The facts of an invoice that is read as a whole. */
export function factsOf(invoice: QboInvoice): ComparedFacts {
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
