import { chargeProblem } from './deposit.js';
import type { Lead } from './lead.entity.js';
import type { ShownLine, ShownProposal } from './proposal.js';
import type { LineView, ProposalView, ApprovalView } from './proposal-view.dto.js';

/**
 * Shows a proposal with its lines. The invoice is read after the row that has copies of its figures. Where it was
 * looked at in between, its own are shown, so that state and balance are of one moment.
 */
export function proposalView(proposal: ShownProposal): ProposalView {
  const { invoice, qboLastSyncAt } = proposal;
  const newer =
    invoice?.lastSyncAt && invoice.lastSyncAt > (qboLastSyncAt ?? new Date(0)) ? invoice : undefined;
  const lastSyncAt = newer ? newer.lastSyncAt : qboLastSyncAt;
  return {
    id: proposal.id,
    org_id: proposal.orgId,
    name: proposal.name,
    customer_id: proposal.customerId,
    customer_name: proposal.customerName,
    status: proposal.status,
    amount_cents: proposal.amountCents,
    currency: proposal.currency,
    lines: proposal.lines.map(lineView),
    site_address: proposal.siteAddress,
    deposit_paid_cents: proposal.depositPaidCents,
    approved_at: proposal.approvedAt?.toISOString() ?? null,
    created_at: proposal.createdAt.toISOString(),
    updated_at: proposal.updatedAt.toISOString(),
    qbo_invoice_id: proposal.qboInvoiceId,
    qbo_invoice_number: newer ? newer.number : proposal.qboInvoiceNumber,
    qbo_status: newer ? newer.status : proposal.qboStatus,
    qbo_state: invoice?.state ?? null,
    qbo_due_on: invoice?.dueOn ?? null,
    qbo_total_cents: invoice?.totalCents ?? null,
    qbo_balance_cents: newer ? newer.balanceCents : proposal.qboBalanceCents,
    qbo_paid_cents: newer ? newer.paidCents : proposal.qboPaidCents,
    qbo_last_sync_at: lastSyncAt?.toISOString() ?? null,
  };
}

/** Answers an approval. */
export function approvalView(proposal: Lead): ApprovalView {
  const { id, currency, depositCents } = proposal;
  const problem = depositCents === null ? null : chargeProblem(depositCents, currency);
  return { status: 'approved', proposal_id: id, ...(problem && { warnings: [problem] }) };
}

function lineView(line: ShownLine): LineView {
  return {
    id: line.id,
    description: line.description,
    quantity: line.quantity,
    unit_price_cents: line.unitPriceCents,
    amount_cents: line.amountCents,
  };
}
