/** A lead becomes a draft with its first lines; a draft is approved or cancelled. */
export const PROPOSAL_STATUSES = ['lead', 'draft', 'approved', 'cancelled'] as const;
export type ProposalStatus = (typeof PROPOSAL_STATUSES)[number];

/** Where each status may go next. Cancelling what is approved also asks for a proposal without a QuickBooks invoice. */
export const NEXT_STATUSES = {
  lead: ['draft', 'cancelled'],
  draft: ['approved', 'cancelled'],
  approved: ['cancelled'],
  cancelled: [],
} as const satisfies Record<ProposalStatus, readonly ProposalStatus[]>;

/** True when a proposal may go from one status to the other. */
export function canBecome(from: ProposalStatus, to: ProposalStatus): boolean {
  return (NEXT_STATUSES[from] as readonly ProposalStatus[]).includes(to);
}

/** What to do about a proposal that is not approved, where only an approved one is billed and paid. Pure. */
export function notApprovedReason(proposalId: number, status: ProposalStatus): string {
  return status === 'cancelled'
    ? `Proposal ${proposalId} is cancelled; nothing of it is billed or paid. Draft a new one.`
    : `Proposal ${proposalId} is not approved yet. Approve it first.`;
}
