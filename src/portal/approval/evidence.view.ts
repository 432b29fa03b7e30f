import type { ApprovalEvidence } from './customer-approval.service.js';
import type { EvidenceView } from './evidence-view.dto.js';

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
