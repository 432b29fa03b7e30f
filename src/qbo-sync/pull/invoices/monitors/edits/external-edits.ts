import { isLive } from '../../../../../invoices/invoice-state.js';
import { invoiceEdited } from '../../../../../messages/reasons/invoice-reasons.js';
import type { InvoiceKey } from '../../../../../invoices/invoice-key.js';
import type { InvoiceRecord } from '../../invoice-record.js';

/** What somebody can change on an invoice in QuickBooks behind our back. */
export const EXTERNAL_EDIT_FIELDS = ['amount', 'customer', 'date'] as const;
export type ExternalEditField = (typeof EXTERNAL_EDIT_FIELDS)[number];

/**
 * One field that was edited in QuickBooks. `original` is what stood there when the invoice was first seen; the amount
 * of one that we sent is what was sent.
 */
export interface InvoiceEdit {
  field: ExternalEditField;
  before: number | string;
  after: number | string;
  original: number | string;
}

/**
 * The edits between two pictures of an invoice. A void or a deletion takes the amount away without being an edit; where
 * a void is undone, whatever is not as it was at first is one, for the void has closed the question about it.
 */
export function editsBetween(before: InvoiceRecord, after: InvoiceRecord): InvoiceEdit[] {
  if (!isLive(after)) return [];
  return EXTERNAL_EDIT_FIELDS.flatMap((field) => {
    const [old, now] = [valuesOf(before)[field], valuesOf(after)[field]];
    if (old.now === null || now.now === null) return [];
    const original = now.original ?? old.now;
    const isAsBefore = old.now === now.now && (isLive(before) || now.now === original);
    return isAsBefore ? [] : [{ field, before: old.now, after: now.now, original }];
  });
}

function valuesOf(
  invoice: InvoiceRecord,
): Record<ExternalEditField, { now: number | string | null; original: number | string | null }> {
  return {
    amount: { now: invoice.totalCents, original: invoice.originalCents },
    customer: { now: invoice.customerRef, original: invoice.originalCustomerRef },
    date: { now: invoice.txnDate, original: invoice.originalTxnDate },
  };
}

/** The edit in one sentence for people; `customer` is whose invoice it is, null where unknown. */
export function externalEditReason(
  { proposalId, qboInvoiceId, number, currency }: InvoiceRecord,
  { field, after, original }: InvoiceEdit,
  customer: string | null,
): string {
  const invoice = { number: number ?? qboInvoiceId, proposalId, customer };
  const amount = (cents: number | string) => ({ cents: Number(cents), currency });
  switch (field) {
    case 'amount':
      return invoiceEdited(invoice, { field, after: amount(after), original: amount(original) });
    case 'customer':
      return invoiceEdited(invoice, { field });
    case 'date':
      return invoiceEdited(invoice, { field, after: String(after), original: String(original) });
  }
}

/** The subject under which an invoice over another sum than was sent stands in the inbox. */
export function subjectOfTotal(invoiceId: number): string {
  return `invoice.total:${invoiceId}`;
}

/** The subject under which an invoice in another currency than its proposal stands in the inbox. */
export function subjectOfCurrency(invoiceId: number): string {
  return `invoice.currency:${invoiceId}`;
}

/** The subject under which stands what an invoice settles of balances in the books of another company. */
export function subjectOfHeld(invoiceId: number): string {
  return `invoice.held:${invoiceId}`;
}

/** The subject under which an invoice that stands again beside the one made in its place is in the inbox. */
export function subjectOfTwice({ proposalId, kind, sequence }: InvoiceKey & { proposalId: number }): string {
  return `invoice.twice:${proposalId}:${kind}:${sequence}`;
}

/** The subject under which an invoice that nobody wants stands in the inbox, until it is voided or deleted. */
export function subjectOfUnwanted(invoiceId: number): string {
  return `invoice.unwanted:${invoiceId}`;
}

/** The subject under which stands what was edited on an invoice: by our id, as each company has ids of its own. */
export function subjectOfEdit(invoiceId: number, field: ExternalEditField): string {
  return `invoice.drift:${invoiceId}:${field}`;
}
