import type { QboEnvironment } from '../../../platform/config/config.js';
import { decimalFromCents } from '../../../platform/money/cents.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import type { InvoiceVoid } from './void/invoice-void.service.js';
import type { InvoiceView, InvoiceVoidView } from './invoices.dto.js';

export function invoiceView(
  status: 'created' | 'exists',
  invoice: Invoice,
  env: QboEnvironment,
): InvoiceView {
  const amountCents = invoice.totalCents ?? 0;
  return {
    status,
    qbo_invoice_id: invoice.qboInvoiceId!,
    qbo_invoice_number: invoice.number,
    amount_cents: amountCents,
    amount_usd: invoice.currency === 'USD' ? decimalFromCents(amountCents) : null,
    proposal_id: invoice.proposalId,
    env,
  };
}

export function invoiceVoidView(proposalId: number, outcome: InvoiceVoid): InvoiceVoidView {
  if (!outcome.ok) return { ok: false, proposal_id: proposalId, error: outcome.error };
  const { state, number } = outcome.invoice;
  return { ok: true, proposal_id: proposalId, qbo_state: state, qbo_invoice_number: number };
}
