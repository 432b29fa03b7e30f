import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { changeOrderEffect } from '../contracts/change-orders/change-order-effect.js';
import {
  ChangeOrdersRepository,
  type WholeChangeOrder,
} from '../contracts/change-orders/change-orders.repository.js';
import type { ContractStatus } from '../contracts/contract-record.js';
import { ContractsService } from '../contracts/contracts.service.js';
import type { CreditMemo } from '../contracts/credits/credit-memo.entity.js';
import { DepositExcessService } from './deposit-excess.service.js';
import {
  CreditMemosRepository,
  type NewCreditMemoLine,
} from '../contracts/credits/credit-memos.repository.js';
import { JobsService } from '../jobs/jobs.service.js';
import { DomainError, notFound } from '../platform/errors/domain-error.js';
import { Clock } from '../platform/time/clock.js';
import { ActivityRepository } from '../proposals/activity/activity.repository.js';
import type { Approver, Seller } from '../proposals/approval/approval.service.js';
import { ProposalCustomersRepository } from '../proposals/rows/proposal-customers.repository.js';

/** Who says yes to a change; `reason` where it is not the customer. */
export interface ChangeApprover extends Approver {
  reason: string | null;
}

/**
 * Makes change orders part of their contract. Promise: once each, however many approve at the same moment; the contract
 * never comes to less than is billed and not credited; what is credited is written down with the approval.
 */
@Injectable()
export class ChangeOrderApprovalService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly contracts: ContractsService,
    private readonly orders: ChangeOrdersRepository,
    private readonly credits: CreditMemosRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly depositExcess: DepositExcessService,
    private readonly activities: ActivityRepository,
    private readonly audit: AuditService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  /** Approves in the customer's place. Twice is the same as once: the first reason stands. */
  async approve(
    { orgId, userId }: Seller,
    proposalId: number,
    number: number,
    reason: string,
  ): Promise<WholeChangeOrder> {
    const approver = { orgId, approvedBy: `user:${userId}`, reason };
    return this.dataSource.transaction((tx) => this.approveIn(tx, approver, proposalId, number));
  }

  /**
   * The same as part of the caller's transaction. Where the credit memo of an approved one is gone from QuickBooks,
   * it is credited anew.
   */
  async approveIn(
    tx: EntityManager,
    approver: ChangeApprover,
    proposalId: number,
    number: number,
  ): Promise<WholeChangeOrder> {
    const { orgId } = approver;
    const status = await this.contracts.getForUpdate(tx, orgId, proposalId);
    const order = await this.orders.find(tx, status.contract, number);
    if (!order) throw notFound('change order', number);
    const whole = await this.orders.wholeOf(tx, order);
    if (order.state === 'void') {
      throw new DomainError(
        'conflict',
        'change_order_void',
        `Change order ${number} of proposal ${proposalId} was withdrawn. Make another one.`,
      );
    }
    if (order.state === 'approved') await this.creditAgain(tx, approver, status, whole);
    else await this.take(tx, approver, status, whole);
    const now = await this.orders.find(tx, status.contract, number);
    return this.orders.wholeOf(tx, now!);
  }

  private async take(
    tx: EntityManager,
    { approvedBy, reason, meta }: ChangeApprover,
    status: ContractStatus,
    whole: WholeChangeOrder,
  ): Promise<void> {
    const { contract } = status;
    const { orgId, proposalId, currency } = contract;
    const { order, lines } = whole;
    const { number, deltaCents } = order;
    // Nothing of it would ever be invoiced, or credited.
    await this.customers.assertNotErased(tx, contract);
    const effect = changeOrderEffect(status, { number, deltaCents, lines });
    const { valueCents, creditCents, creditedCents, entry } = effect;
    const approval = { approvedBy, approvedAt: this.clock.now(), reason };
    const contractLines = await this.orders.approve(tx, contract, whole, approval, entry);
    await this.contracts.changeValue(tx, contract, valueCents);
    if (creditCents > 0) {
      const credited = lines.map(({ description }, index) => ({
        contractLineId: contractLines[index]!.id,
        description,
        amountCents: creditedCents[index]!,
      }));
      await this.credit(tx, status, whole, creditCents, credited);
    }
    const facts = { number, delta_cents: deltaCents, value_cents: valueCents, currency };
    await this.activities.log(tx, {
      orgId,
      customerId: contract.customerId,
      proposalId,
      event: 'change_order_approved',
      meta: { ...facts, approved_by: approvedBy, ...meta },
      occurrence: `${number}`,
    });
    await this.audit.record(tx, orgId, {
      action: 'change_order.approved',
      subject: `change_order:${order.id}`,
      proposalId,
      before: { state: order.state, value_cents: contract.valueCents },
      after: {
        state: 'approved',
        value_cents: valueCents,
        approved_by: approvedBy,
        reason,
        credit_cents: creditCents,
      },
    });
    await this.depositExcess.review(tx, orgId, proposalId);
    await this.jobs.enqueue(tx, 'checkout.session.review', { orgId, proposalId });
  }

  /** The next credit memo in place of one that was voided or deleted in QuickBooks, or never came there. */
  private async creditAgain(
    tx: EntityManager,
    { approvedBy, reason }: ChangeApprover,
    status: ContractStatus,
    whole: WholeChangeOrder,
  ): Promise<void> {
    const { creditMemo: gone } = whole;
    if (!gone || !(await this.credits.isGone(tx, gone))) return;
    if (-status.standing.remainingCents < gone.amountCents) {
      if (reason === null) return;
      throw new DomainError(
        'conflict',
        'nothing_to_credit',
        `Credit memo ${gone.number ?? gone.generation} is gone, and the contract is not billed above its value by as ` +
          'much: what it credited was credited otherwise, or its invoice is gone. Resolve the item of the inbox ' +
          'about it.',
      );
    }
    const memo = await this.credit(tx, status, whole, gone.amountCents, await this.credits.linesOf(tx, gone));
    await this.audit.record(tx, memo.orgId, {
      action: 'change_order.credited_anew',
      subject: `change_order:${whole.order.id}`,
      proposalId: memo.proposalId,
      before: { number: gone.number, state: gone.state, generation: gone.generation },
      after: {
        generation: memo.generation,
        credit_cents: memo.amountCents,
        credited_by: approvedBy,
        reason,
      },
    });
  }

  private async credit(
    tx: EntityManager,
    { contract: { orgId, proposalId, currency } }: ContractStatus,
    { order, creditMemo: before }: WholeChangeOrder,
    amountCents: number,
    lines: readonly NewCreditMemoLine[],
  ): Promise<CreditMemo> {
    const memo = await this.credits.insert(
      tx,
      {
        orgId,
        proposalId,
        changeOrderId: order.id,
        generation: (before?.generation ?? 0) + 1,
        currency,
        amountCents,
      },
      lines.map(({ contractLineId, description, amountCents: cents }) => ({
        contractLineId,
        description,
        amountCents: cents,
      })),
      this.clock.now(),
    );
    await this.jobs.enqueue(tx, 'qbo.credit.carry', { orgId, creditMemoId: memo.id });
    return memo;
  }
}
