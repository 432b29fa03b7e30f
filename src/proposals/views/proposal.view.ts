import { chargeProblem } from '../deposit.js';
import type { Lead } from '../rows/lead.entity.js';
import type { ShownLine, ShownProposal } from '../proposal.js';
import type { LineView, ProposalView, ApprovalView } from './proposal-view.dto.js';
import { qboColumnsView } from './qbo-columns.view.js';

/** Shows a proposal with its lines. */
export function proposalView(proposal: ShownProposal): ProposalView {
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
    ...qboColumnsView(proposal, proposal.invoice),
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
