import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { ChangeOrderApprovalService } from '../../change-orders/change-order-approval.service.js';
import type { WholeChangeOrder } from '../../contracts/change-orders/change-orders.repository.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { PortalLinksService } from '../links/portal-links.service.js';
import type { ChangeOrderApproval } from './change-order-approval.entity.js';
import { ChangeOrderApprovalsRepository } from './change-order-approvals.repository.js';
import { changeOrderHash } from './change-order-content.js';
import { keptUserAgent, type Signature } from './signature.js';

const CONTENT_VERSION = 1;

/** The evidence of an approval, and whether the change order is still what was approved. */
export interface ChangeOrderEvidence {
  number: number;
  approval: ChangeOrderApproval;
  unchanged: boolean;
}

/** Takes the customer's yes to a change. The approval and its evidence exist together or not at all. */
@Injectable()
export class ChangeOrderSigningService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: PortalLinksService,
    private readonly proposals: ProposalsRepository,
    private readonly contracts: ContractsService,
    private readonly approvals: ChangeOrderApprovalService,
    private readonly evidence: ChangeOrderApprovalsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Approves the change order that the page of this token showed. Twice is the same as once: the first name stands.
   * Throws `change_order_changed` where it, or what the contract comes to with it, is not what was shown any more.
   */
  async sign(token: string, number: number, signature: Signature): Promise<void> {
    await this.links.withOpen(token, (link) => this.signBy(link, number, signature));
  }

  private async signBy(opened: PortalLink, number: number, signature: Signature): Promise<void> {
    const { orgId, proposalId, id: linkId } = opened;
    await this.dataSource.transaction(async (tx) => {
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      await this.links.confirm(tx, opened);
      const { contract } = await this.contracts.getForUpdate(tx, orgId, proposalId);
      const before = (await this.contracts.changeOrdersOf(contract, tx)).find(
        ({ order }) => order.number === number,
      );
      if (!before) throw notFound('change order', number);
      if (before.order.state === 'approved') return;
      const valueCents = contract.valueCents + before.order.deltaCents;
      const contentHash = hashOf(proposalId, contract.currency, before, valueCents);
      const isShown = signature.version === contentHash.toString('hex');
      if (before.order.state === 'void' || !isShown) throw hasChanged();
      const approver = {
        orgId,
        approvedBy: `link:${linkId}`,
        reason: null,
        meta: { signer_name: signature.name },
      };
      const { order } = await this.approvals.approveIn(tx, approver, proposalId, number);
      await this.evidence.insert(tx, {
        orgId,
        changeOrderId: order.id,
        linkId,
        signerName: signature.name,
        approvedAt: order.approvedAt!,
        ip: signature.ip,
        userAgent: keptUserAgent(signature),
        deltaCents: order.deltaCents,
        valueCents,
        currency: contract.currency,
        contentHash,
        contentVersion: CONTENT_VERSION,
      });
    });
  }

  /** What proves the customer's approval of a change order. Throws where there is none. */
  async prove(orgId: number, proposalId: number, number: number): Promise<ChangeOrderEvidence> {
    const tx = this.dataSource.manager;
    const contract = await this.contracts.find(orgId, proposalId);
    if (!contract) throw notFound('contract', proposalId);
    const whole = (await this.contracts.changeOrdersOf(contract)).find(
      ({ order }) => order.number === number,
    );
    const [approval] = whole ? await this.evidence.listOf(tx, orgId, [whole.order.id]) : [];
    if (!whole || !approval) throw notFound('customer approval of change order', number);
    const hash = hashOf(proposalId, approval.currency, whole, approval.valueCents);
    await this.audit.record(tx, orgId, {
      action: 'evidence.read',
      subject: `change_order:${whole.order.id}`,
      proposalId,
    });
    return { number, approval, unchanged: hash.equals(approval.contentHash) };
  }
}

function hashOf(
  proposalId: number,
  currency: string,
  { order: { number, description, deltaCents }, lines }: WholeChangeOrder,
  valueCents: number,
): Buffer {
  return changeOrderHash({ proposalId, number, description, currency, deltaCents, valueCents, lines });
}

function hasChanged(): DomainError {
  return new DomainError(
    'conflict',
    'change_order_changed',
    'This change was changed or withdrawn after you opened the page. Please read it again before you approve it.',
  );
}
