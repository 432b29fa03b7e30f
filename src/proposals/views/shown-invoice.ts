import type { Invoice } from '../../invoices/invoice.entity.js';
import { safeInteger } from '../../platform/database/statements/columns.js';
import type { ShownInvoice } from '../proposal.js';

/** The invoice `i` as the driver reads it: `bigint` is text. */
export interface ShownInvoiceRow {
  /** Null: there is no invoice. */
  invoiceId: number | null;
  invoiceNumber: string | null;
  invoiceStatus: Invoice['status'];
  invoiceState: Invoice['state'];
  invoiceDueOn: string | null;
  invoiceTotalCents: string | null;
  invoiceBalanceCents: string | null;
  invoicePaidCents: string | null;
  invoiceLastSyncAt: Date | null;
}

/** What is selected of it, beside what else a statement selects. */
export const SHOWN_INVOICE = `i.id as "invoiceId", i.number as "invoiceNumber", i.status as "invoiceStatus",
       i.state as "invoiceState", i.due_on::text as "invoiceDueOn", i.total_cents as "invoiceTotalCents",
       i.balance_cents as "invoiceBalanceCents", i.paid_cents as "invoicePaidCents",
       i.last_sync_at as "invoiceLastSyncAt"`;

/** The invoice `i` that the qbo columns of the row `l` are of, where there is one. */
export const SHOWN_INVOICE_OF_LEAD = `left join lateral (
       select made.* from invoices made
        where made.org_id = l.org_id and made.proposal_id = l.id and made.qbo_invoice_id = l.qbo_invoice_id
        order by made.id limit 1) i on true`;

/** Puts together what was selected. Pure. */
export function shownInvoiceOf(row: ShownInvoiceRow): ShownInvoice | null {
  if (row.invoiceId === null) return null;
  return {
    number: row.invoiceNumber,
    status: row.invoiceStatus,
    state: row.invoiceState,
    dueOn: row.invoiceDueOn,
    totalCents: centsOf(row.invoiceTotalCents),
    balanceCents: centsOf(row.invoiceBalanceCents),
    paidCents: centsOf(row.invoicePaidCents),
    lastSyncAt: row.invoiceLastSyncAt,
  };
}

function centsOf(text: string | null): number | null {
  return text === null ? null : safeInteger(text);
}
