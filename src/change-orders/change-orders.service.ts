import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { contractCancelled } from '../contracts/contract-cancelled.js';
import { valueWithout } from '../contracts/change-orders/change-order-effect.js';
import {
  ChangeOrdersRepository,
  type WholeChangeOrder,
} from '../contracts/change-orders/change-orders.repository.js';
import type { ContractStatus } from '../contracts/contract-record.js';
import { DepositExcessService } from './deposit-excess.service.js';
import { ContractsService } from '../contracts/contracts.service.js';
import { JobsService } from '../jobs/jobs.service.js';
import { DomainError, notFound, invalid } from '../platform/errors/domain-error.js';
import { keyedRequest } from '../platform/http/keyed-request.js';
import { Clock } from '../platform/time/clock.js';
import { ActivityRepository } from '../proposals/activity/activity.repository.js';
import type { Seller } from '../proposals/approval/approval.service.js';
import { offeredLine, priceChange } from '../proposals/proposal-amount.js';
import { notApprovedReason } from '../proposals/proposal-lifecycle.js';
import type { LineBody } from '../proposals/views/proposal.dto.js';
import { ProposalsRepository } from '../proposals/rows/proposals.repository.js';

const CHANGE_ORDERS_MAX = 200;

/** Drafts and withdraws changes of what was approved. ChangeOrderApprovalService approves them. */
@Injectable()
export class ChangeOrdersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly contracts: ContractsService,
    private readonly orders: ChangeOrdersRepository,
    private readonly depositExcess: DepositExcessService,
    private readonly activities: ActivityRepository,
    private readonly audit: AuditService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Drafts a change order, numbered within its contract, once under a key of the client's. Nothing changes before it is
   * approved.
   */
  async create(
    { orgId, userId }: Seller,
    proposalId: number,
    body: { description: string; lines: readonly LineBody[] },
    key?: string,
  ): Promise<WholeChangeOrder> {
    const request = keyedRequest('change order', body, key);
    return this.dataSource.transaction(async (tx) => {
      const { contract } = await this.statusForUpdate(tx, orgId, proposalId);
      const made = request && (await this.orders.madeUnder(tx, contract, request));
      if (made) return this.orders.wholeOf(tx, made);
      const pricing = priceChange(body.lines.map(offeredLine), contract.currency);
      if (!pricing.ok) throw invalid(pricing.problems);
      if (contract.cancelledAt !== null) throw contractCancelled(proposalId);
      if ((await this.orders.count(tx, contract)) >= CHANGE_ORDERS_MAX) {
        throw new DomainError(
          'conflict',
          'too_many_change_orders',
          `Proposal ${proposalId} has ${CHANGE_ORDERS_MAX} change orders, which is all it can have.`,
        );
      }
      const { description } = body;
      const { lines, totalCents: deltaCents } = pricing;
      const draft = { description, deltaCents, lines, createdBy: userId };
      const order = await this.orders.insert(tx, contract, draft, this.clock.now());
      if (request) await this.orders.keepRequest(tx, order, request);
      const facts = { number: order.number, delta_cents: deltaCents, currency: contract.currency };
      await this.activities.log(tx, {
        orgId,
        customerId: contract.customerId,
        proposalId,
        event: 'change_order_created',
        meta: facts,
        occurrence: `${order.number}`,
      });
      await this.audit.record(tx, orgId, {
        action: 'change_order.created',
        subject: `change_order:${order.id}`,
        proposalId,
        after: { ...facts, description },
      });
      return this.orders.wholeOf(tx, order);
    });
  }

  /**
   * Withdraws a change order; twice is the same as once. One that somebody of the organisation approved is taken back
   * as long as nothing of it is billed.
   */
  async void(
    { orgId, userId }: Seller,
    proposalId: number,
    number: number,
    reason: string | null = null,
  ): Promise<WholeChangeOrder> {
    return this.dataSource.transaction(async (tx) => {
      const status = await this.statusForUpdate(tx, orgId, proposalId);
      const { contract } = status;
      const order = await this.orders.find(tx, contract, number);
      if (!order) throw notFound('change order', number);
      if (order.state === 'void') return this.orders.wholeOf(tx, order);
      if (order.state === 'approved') {
        const valueCents = valueWithout(status, order, await this.orders.isBilled(tx, order));
        await this.orders.takeBack(tx, order);
        await this.contracts.changeValue(tx, contract, valueCents);
        await this.depositExcess.review(tx, orgId, proposalId);
        await this.jobs.enqueue(tx, 'checkout.session.review', { orgId, proposalId });
      }
      const at = this.clock.now();
      const voided = { state: 'void' as const, voidedBy: `user:${userId}`, voidedAt: at, updatedAt: at };
      await this.orders.update(tx, order, voided);
      await this.activities.log(tx, {
        orgId,
        customerId: contract.customerId,
        proposalId,
        event: 'change_order_voided',
        meta: { number, delta_cents: order.deltaCents, currency: contract.currency },
        occurrence: `${number}`,
      });
      await this.audit.record(tx, orgId, {
        action: 'change_order.voided',
        subject: `change_order:${order.id}`,
        proposalId,
        before: { state: order.state },
        after: { state: 'void', reason },
      });
      return this.orders.wholeOf(tx, (await this.orders.find(tx, contract, number))!);
    });
  }

  /** The contract, locked until the transaction ends. Throws where there is no proposal, or none that is approved. */
  private async statusForUpdate(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
  ): Promise<ContractStatus> {
    const proposal = await this.proposals.getInOrg(tx, orgId, proposalId);
    const status = await this.contracts.findForUpdate(tx, orgId, proposalId);
    if (status) return status;
    const reason =
      proposal.status === 'cancelled'
        ? notApprovedReason(proposalId, 'cancelled')
        : `Proposal ${proposalId} is not approved yet. Change its lines by PATCH /proposals/${proposalId}.`;
    throw new DomainError('conflict', 'proposal_not_approved', reason);
  }
}
