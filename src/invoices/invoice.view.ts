import type { InvoiceDetailView } from './invoice.dto.js';
import type { ListedInvoice } from './invoice-list.repository.js';

/** Shows an invoice. What QuickBooks has not said yet is as it was asked for. */
export function invoiceDetailView({
  invoice,
  state,
  customerId,
  customerName,
  changeOrder,
  realisedGainCents,
  lines,
}: ListedInvoice): InvoiceDetailView {
  return {
    id: invoice.id,
    proposal_id: invoice.proposalId,
    customer_id: customerId,
    customer_name: customerName,
    kind: invoice.kind,
    sequence: invoice.sequence,
    change_order: changeOrder,
    generation: invoice.generation,
    number: invoice.number,
    currency: invoice.currency,
    total_cents: invoice.totalCents ?? invoice.amountCents,
    tax_cents: invoice.taxCents,
    balance_cents: invoice.balanceCents,
    paid_cents: invoice.paidCents,
    realised_gain_cents: realisedGainCents,
    state,
    txn_on: invoice.txnDate,
    due_on: invoice.dueOn,
    qbo_invoice_id: invoice.qboInvoiceId,
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
