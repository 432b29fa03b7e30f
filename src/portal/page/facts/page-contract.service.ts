import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { approvalRefusal } from '../../../contracts/change-orders/change-order-effect.js';
import type { ContractStatus } from '../../../contracts/contract-record.js';
import { ContractsService } from '../../../contracts/contracts.service.js';
import type { Proposal } from '../../../proposals/proposal.js';
import { ChangeOrderApprovalsRepository } from '../../approval/change-order-approvals.repository.js';
import { ProposalApprovalsRepository } from '../../approval/proposal-approvals.repository.js';
import { pageChanges } from './page-changes.js';
import type { PageFacts } from './page-facts.js';

/** Gathers what a customer has agreed to, and is asked to. Reads only; parts of the caller's transaction. */
@Injectable()
export class PageContractService {
  constructor(
    private readonly contracts: ContractsService,
    private readonly approvals: ProposalApprovalsRepository,
    private readonly changeApprovals: ChangeOrderApprovalsRepository,
  ) {}

  /** Null before the approval. */
  async approvalOf(tx: EntityManager, { orgId, id, approvedAt }: Proposal): Promise<PageFacts['approval']> {
    if (approvedAt === null) return null;
    const evidence = await this.approvals.findOfProposal(tx, orgId, id);
    return { at: approvedAt, signerName: evidence?.signerName ?? null };
  }

  /** The changes of a contract; none where there is none that stands. */
  async changesOf(tx: EntityManager, standing: ContractStatus | null): Promise<PageFacts['changes']> {
    if (!standing) return [];
    const { contract } = standing;
    const orders = await this.contracts.changeOrdersOf(contract, tx);
    const ids = orders.map(({ order }) => order.id);
    const signed = await this.changeApprovals.listOf(tx, contract.orgId, ids);
    const signers = new Map(signed.map(({ changeOrderId, signerName }) => [changeOrderId, signerName]));
    const { proposalId, currency, valueCents } = contract;
    return pageChanges(
      { proposalId, currency, valueCents },
      orders,
      signers,
      (one) => approvalRefusal(standing, one) !== null,
    );
  }
}
