import type { InvoiceCheck } from './invoices/invoice-check.service.js';
import type { InvoiceCheckView, PollAllView } from './invoice-sync.dto.js';

export function invoiceCheckView(check: InvoiceCheck): InvoiceCheckView {
  if (!check.ok) return { ok: false, changed_to_paid: false, error: check.error };
  const { qboStatus, qboBalanceCents, qboInvoiceNumber } = check.proposal;
  return {
    ok: true,
    changed_to_paid: check.changedToPaid,
    qbo_status: qboStatus,
    qbo_balance_cents: qboBalanceCents,
    qbo_invoice_number: qboInvoiceNumber,
  };
}

export function pollAllView(proposalIds: number[]): PollAllView {
  return { ok: true, scheduled: proposalIds.length, proposal_ids: proposalIds };
}
