import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ProposalApproval } from './proposal-approval.entity.js';

/** The proposal_approvals table: one row for each proposal that its customer approved. */
@Injectable()
export class ProposalApprovalsRepository {
  /** Keeps the evidence. The proposal's primary key lets no second one stand beside it. */
  async insert(tx: EntityManager, approval: ProposalApproval): Promise<void> {
    await tx.insert(ProposalApproval, approval);
  }

  async findOfProposal(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
  ): Promise<ProposalApproval | null> {
    return tx.findOneBy(ProposalApproval, { orgId, proposalId });
  }
}
