import { decimalTextFromCents } from '../../../platform/money/cents.js';
import type { InvoiceRecord } from './invoice-record.js';

/** What somebody can change on an invoice in QuickBooks behind our back. */
export const EXTERNAL_EDIT_FIELDS = ['amount', 'customer', 'date'] as const;
export type ExternalEditField = (typeof EXTERNAL_EDIT_FIELDS)[number];

/** One field that was edited in QuickBooks. `agreed` is what stood there when the invoice was first seen. */
export interface InvoiceEdit {
  field: ExternalEditField;
  before: number | string;
  after: number | string;
  agreed: number | string;
}

/** The edits between two pictures of an invoice. A void or a deletion takes the amount away without being an edit. */
export function editsBetween(before: InvoiceRecord, after: InvoiceRecord): InvoiceEdit[] {
  if ([before.state, after.state].some((state) => state === 'voided' || state === 'deleted')) return [];
  return EXTERNAL_EDIT_FIELDS.flatMap((field) => {
    const [old, now] = [valuesOf(before)[field], valuesOf(after)[field]];
    if (old.now === null || now.now === null || old.now === now.now) return [];
    return [{ field, before: old.now, after: now.now, agreed: now.agreed ?? old.now }];
  });
}

function valuesOf(
  invoice: InvoiceRecord,
): Record<ExternalEditField, { now: number | string | null; agreed: number | string | null }> {
  return {
    amount: { now: invoice.totalCents, agreed: invoice.agreedCents },
    customer: { now: invoice.billedTo, agreed: invoice.agreedBilledTo },
    date: { now: invoice.txnOn, agreed: invoice.agreedTxnOn },
  };
}

/** The edit in one sentence for people, with both values; `who` is ` for Ann Ruiz`. */
export function externalEditReason(
  { proposalId, invoiceId, number, currency }: InvoiceRecord,
  { field, after, agreed }: InvoiceEdit,
  who: string,
): string {
  const invoice = `Invoice ${number ?? invoiceId} of proposal ${proposalId}${who} was changed in QuickBooks`;
  switch (field) {
    case 'amount':
      return `${invoice}: it is over ${decimalTextFromCents(Number(after))} ${currency} there instead of ${decimalTextFromCents(Number(agreed))} ${currency}.`;
    case 'customer':
      return `${invoice}: it is made out to customer ${after} there instead of customer ${agreed}.`;
    case 'date':
      return `${invoice}: it is dated ${after} there instead of ${agreed}.`;
  }
}

/** The subject under which an invoice that nobody wants stands in the inbox, until it is voided or deleted. */
export function subjectOfUnwanted(invoiceId: string): string {
  return `invoice.unwanted:${invoiceId}`;
}
