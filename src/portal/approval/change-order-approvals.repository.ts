import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { ChangeOrderApproval } from './change-order-approval.entity.js';

/** The change_order_approvals table: one row for each change order that its customer approved. */
@Injectable()
export class ChangeOrderApprovalsRepository {
  /** Keeps the evidence. The change order's key lets no second one stand beside it. */
  async insert(tx: EntityManager, approval: ChangeOrderApproval): Promise<void> {
    const { orgId, ...facts } = approval;
    await tx.insert(ChangeOrderApproval, { ...facts, orgId });
  }

  async listOf(
    tx: EntityManager,
    orgId: number,
    changeOrderIds: readonly number[],
  ): Promise<ChangeOrderApproval[]> {
    if (changeOrderIds.length === 0) return [];
    return tx.findBy(ChangeOrderApproval, { orgId, changeOrderId: In([...changeOrderIds]) });
  }
}
