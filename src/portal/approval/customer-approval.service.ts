import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { type AgreedTerms, agreedTerms } from '../../contracts/agreed-terms.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { ApprovalService } from '../../proposals/approval/approval.service.js';
import type { Deposit } from '../../proposals/deposit.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { ProposalLinesRepository } from '../../proposals/rows/proposal-lines.repository.js';
import { wholeProposal } from '../../proposals/proposal.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { UndeliveredMailService } from '../email/undelivered-mail.service.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { PortalLinksService } from '../links/portal-links.service.js';
import type { ProposalApproval } from './proposal-approval.entity.js';
import { ProposalApprovalsRepository } from './proposal-approvals.repository.js';
import { CONTENT_VERSION, contentHash } from './proposal-content.js';
import { keptUserAgent, type Signature } from './signature.js';

/** The evidence of an approval, and whether the proposal is still what was approved. */
export interface ApprovalEvidence {
  approval: ProposalApproval;
  unchanged: boolean;
}

/** Takes the customer's yes. The approval and its evidence exist together or not at all. */
@Injectable()
export class CustomerApprovalService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: PortalLinksService,
    private readonly proposals: ProposalsRepository,
    private readonly lines: ProposalLinesRepository,
    private readonly approvals: ApprovalService,
    private readonly contracts: ContractsService,
    private readonly evidence: ProposalApprovalsRepository,
    private readonly undelivered: UndeliveredMailService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Approves what the page of this token showed, and keeps who said so. Twice is the same as once: the first name
   * stands. Throws `proposal_changed` where the proposal is not what was shown any more.
   */
  async sign(token: string, signature: Signature): Promise<void> {
    await this.links.withOpen(token, (link) => this.signBy(link, signature));
  }

  private async signBy(opened: PortalLink, signature: Signature): Promise<void> {
    const { orgId, proposalId, id: linkId } = opened;
    await this.approvals.askCurrency(orgId, proposalId);
    await this.dataSource.transaction(async (tx) => {
      const lead = await this.proposals.getForUpdate(tx, orgId, proposalId);
      await this.links.confirm(tx, opened);
      if (lead.status === 'approved') return;
      if (signature.version === undefined && changedSinceView(lead, opened)) throw hasChanged();
      const lines = (await this.lines.listOf(tx, orgId, [proposalId])).get(proposalId) ?? [];
      const approver = { orgId, approvedBy: `link:${linkId}`, meta: { signer_name: signature.name } };
      const approved = await this.approvals.approveIn(tx, approver, proposalId);
      const terms = await this.termsOf(tx, orgId, proposalId);
      const hash = contentHash(wholeProposal(approved, lines), approvedDeposit(approved), terms);
      if (signature.version !== undefined && signature.version !== hash.toString('hex')) throw hasChanged();
      await this.evidence.insert(tx, {
        proposalId,
        orgId,
        linkId,
        signerName: signature.name,
        approvedAt: approved.approvedAt!,
        ip: signature.ip,
        userAgent: keptUserAgent(signature),
        totalCents: approved.amountCents!,
        currency: approved.currency,
        contentHash: hash,
        contentVersion: CONTENT_VERSION,
      });
      await this.undelivered.proposalReached(tx, opened);
    });
  }

  /** What proves the customer's approval. Throws where there is none. */
  async prove(orgId: number, proposalId: number): Promise<ApprovalEvidence> {
    const tx = this.dataSource.manager;
    const lead = await this.proposals.getInOrg(tx, orgId, proposalId);
    const approval = await this.evidence.findOfProposal(tx, orgId, proposalId);
    if (!approval) throw notFound('customer approval of proposal', proposalId);
    const lines = (await this.lines.listOf(tx, orgId, [proposalId])).get(proposalId) ?? [];
    const terms = await this.termsOf(tx, orgId, proposalId);
    const hash = contentHash(
      wholeProposal(lead, lines),
      approvedDeposit(lead),
      terms,
      approval.contentVersion,
    );
    const subject = `proposal:${proposalId}` as const;
    await this.audit.record(tx, orgId, { action: 'evidence.read', subject, proposalId });
    return { approval, unchanged: hash.equals(approval.contentHash) };
  }

  private async termsOf(tx: EntityManager, orgId: number, proposalId: number): Promise<AgreedTerms> {
    return agreedTerms((await this.contracts.find(orgId, proposalId, tx))!);
  }
}

/** The deposit as it was frozen with the approval. */
function approvedDeposit({ depositPercent, depositCents }: Lead): Deposit {
  return { percent: depositPercent ?? 0, cents: depositCents };
}

function changedSinceView({ updatedAt }: Lead, { lastViewedAt }: PortalLink): boolean {
  return lastViewedAt !== null && updatedAt > lastViewedAt;
}

function hasChanged(): DomainError {
  return new DomainError(
    'conflict',
    'proposal_changed',
    'This proposal was changed after you opened it. Please read it again before you approve it.',
  );
}
