import type { QboEnvironment } from '../../../platform/config/config.js';
import { decimalFromCents } from '../../../platform/money/cents.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import type { InvoiceVoid } from './invoice-void.service.js';
import type { InvoiceView, InvoiceVoidView } from './invoices.dto.js';

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

export function invoiceVoidView(proposalId: number, outcome: InvoiceVoid): InvoiceVoidView {
  if (!outcome.ok) return { ok: false, proposal_id: proposalId, error: outcome.error };
  const { qboState, qboInvoiceNumber } = outcome.proposal;
  return { ok: true, proposal_id: proposalId, qbo_state: qboState, qbo_invoice_number: qboInvoiceNumber };
}
