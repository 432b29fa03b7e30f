import type { QboEnvironment } from '../platform/config/config.js';
import { decimalFromCents } from '../platform/money/cents.js';
import type { Lead } from '../proposals/lead.entity.js';
import type { CustomerSync } from './push/customers/customer-sync.service.js';
import type { InvoiceCheck } from './pull/invoices/invoice-check.service.js';
import type { CustomerSyncView, InvoiceCheckView, InvoiceView, PollAllView } from './qbo-sync.dto.js';

/** Shows how the sync of a customer went. A skip is told by the three fields alone, as the first integration did. */
export function customerSyncView(customerId: number, sync: CustomerSync): CustomerSyncView {
  const view = { ok: sync.ok, qbo_customer_id: sync.qboCustomerId, customer_id: customerId };
  return sync.result === 'error' ? { ...view, result: sync.result, error: sync.error } : view;
}

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

export function invoiceView(status: 'created' | 'exists', proposal: Lead, env: QboEnvironment): InvoiceView {
  const amountCents = proposal.qboTotalCents ?? 0;
  return {
    status,
    qbo_invoice_id: proposal.qboInvoiceId!,
    qbo_invoice_number: proposal.qboInvoiceNumber,
    amount_cents: amountCents,
    amount_usd: decimalFromCents(amountCents),
    proposal_id: proposal.id,
    env,
  };
}
