import { chargeProblem } from './deposit.js';
import type { Lead } from './lead.entity.js';
import type { ProposalLine } from './proposal-line.entity.js';
import type { Proposal } from './proposal.js';
import type { LineView, ProposalView, ApprovalView } from './proposal-view.dto.js';

/** Shows a proposal with its lines. */
export function proposalView(proposal: Proposal): ProposalView {
  return {
    id: proposal.id,
    org_id: proposal.orgId,
    name: proposal.name,
    customer_id: proposal.customerId,
    status: proposal.status,
    amount_cents: proposal.amountCents,
    currency: proposal.currency,
    lines: proposal.lines.map(lineView),
    deposit_paid_cents: proposal.depositPaidCents,
    approved_at: proposal.approvedAt?.toISOString() ?? null,
    created_at: proposal.createdAt.toISOString(),
    qbo_invoice_id: proposal.qboInvoiceId,
    qbo_invoice_number: proposal.qboInvoiceNumber,
    qbo_status: proposal.qboStatus,
    qbo_state: proposal.invoice?.state ?? null,
    qbo_balance_cents: proposal.qboBalanceCents,
    qbo_paid_cents: proposal.qboPaidCents,
    qbo_last_sync_at: proposal.qboLastSyncAt?.toISOString() ?? null,
  };
}

/** Answers an approval. */
export function approvalView(proposal: Lead): ApprovalView {
  const { id, currency, depositCents } = proposal;
  const problem = depositCents === null ? null : chargeProblem(depositCents, currency);
  return { status: 'approved', proposal_id: id, ...(problem && { warnings: [problem] }) };
}

function lineView(line: ProposalLine): LineView {
  return {
    id: line.id,
    description: line.description,
    quantity: line.quantity,
    unit_price_cents: line.unitPriceCents,
    amount_cents: line.amountCents,
  };
}
