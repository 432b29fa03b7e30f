import { csvLine } from '../platform/text/csv.js';
import type { InvoiceDetailView } from './invoice.dto.js';
import type { InvoiceRow, ListedInvoice } from './invoice-list.repository.js';

/** Shows an invoice. What QuickBooks has not said yet is as it was asked for. */
export function invoiceDetailView({
  changeOrder,
  realisedGainCents,
  lines,
  ...row
}: ListedInvoice): InvoiceDetailView {
  const { invoice } = row;
  return {
    ...shownRow(row),
    sequence: invoice.sequence,
    change_order: changeOrder,
    generation: invoice.generation,
    realised_gain_cents: realisedGainCents,
    reminders: invoice.reminders,
    lines: lines.map(({ kind, description, amountCents }) => ({
      kind,
      description,
      amount_cents: amountCents,
    })),
    created_at: invoice.createdAt.toISOString(),
    updated_at: invoice.updatedAt.toISOString(),
  };
}

const COLUMNS = [
  'id',
  'number',
  'txn_on',
  'due_on',
  'customer_id',
  'customer_name',
  'proposal_id',
  'proposal_name',
  'kind',
  'state',
  'currency',
  'total_cents',
  'tax_cents',
  'balance_cents',
  'paid_cents',
  'qbo_invoice_id',
] as const satisfies readonly (keyof InvoiceDetailView)[];

export const INVOICES_CSV_HEAD = csvLine(COLUMNS);

export function invoicesCsv(invoices: readonly InvoiceRow[]): string {
  const rows = invoices.map(shownRow);
  return rows.map((row) => csvLine(COLUMNS.map((column) => row[column]))).join('');
}

function shownRow({
  invoice,
  state,
  proposalName,
  customerId,
  customerName,
}: InvoiceRow): Pick<InvoiceDetailView, (typeof COLUMNS)[number]> {
  return {
    id: invoice.id,
    proposal_id: invoice.proposalId,
    proposal_name: proposalName,
    customer_id: customerId,
    customer_name: customerName,
    kind: invoice.kind,
    number: invoice.number,
    currency: invoice.currency,
    total_cents: invoice.totalCents ?? invoice.amountCents,
    tax_cents: invoice.taxCents,
    balance_cents: invoice.balanceCents,
    paid_cents: invoice.paidCents,
    state,
    txn_on: invoice.txnDate,
    due_on: invoice.dueOn,
    qbo_invoice_id: invoice.qboInvoiceId,
  };
}
