import type { ApprovalEvidence } from './customer-approval.service.js';
import type { ChangeOrderEvidence } from './change-order-signing.service.js';
import type { ChangeOrderEvidenceView, EvidenceView } from './evidence-view.dto.js';

/** Shows what proves an approval. */
export function evidenceView({ approval, unchanged }: ApprovalEvidence): EvidenceView {
  return {
    proposal_id: approval.proposalId,
    signer_name: approval.signerName,
    approved_at: approval.approvedAt.toISOString(),
    ip: approval.ip,
    user_agent: approval.userAgent,
    link_id: approval.linkId,
    total_cents: approval.totalCents,
    currency: approval.currency,
    content_sha256: approval.contentHash.toString('hex'),
    unchanged,
  };
}

/** Shows what proves the approval of a change order. */
export function changeOrderEvidenceView(
  proposalId: number,
  { number, approval, unchanged }: ChangeOrderEvidence,
): ChangeOrderEvidenceView {
  return {
    proposal_id: proposalId,
    number,
    signer_name: approval.signerName,
    approved_at: approval.approvedAt.toISOString(),
    ip: approval.ip,
    user_agent: approval.userAgent,
    link_id: approval.linkId,
    delta_cents: approval.deltaCents,
    value_cents: approval.valueCents,
    currency: approval.currency,
    content_sha256: approval.contentHash.toString('hex'),
    unchanged,
  };
}
