import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../platform/time/clock.js';
import { Dispute } from './dispute.entity.js';
import type { DisputeStatus } from './dispute-state.js';
import type { Payment } from './payment.entity.js';

export type NewDispute = Pick<Dispute, 'stripeDisputeId' | 'amountCents' | 'currency' | 'reason'> &
  DisputeStatus;

/** The disputes table. Whoever changes a row holds the lock of its proposal. */
@Injectable()
export class DisputesRepository {
  constructor(private readonly clock: Clock) {}

  /** Oldest first. */
  async listOfPayment(tx: EntityManager, orgId: number, paymentId: number): Promise<Dispute[]> {
    return tx.find(Dispute, { where: { orgId, paymentId }, order: { id: 'ASC' } });
  }

  async insert(tx: EntityManager, payment: Payment, dispute: NewDispute): Promise<Dispute> {
    const { orgId, proposalId, id: paymentId } = payment;
    const at = this.clock.now();
    const { identifiers } = await tx.insert(Dispute, {
      ...dispute,
      orgId,
      proposalId,
      paymentId,
      createdAt: at,
      updatedAt: at,
    });
    return tx.findOneByOrFail(Dispute, { orgId, id: identifiers[0]!.id as number });
  }

  async update(
    tx: EntityManager,
    { orgId, id }: Dispute,
    facts: Partial<DisputeStatus & Pick<Dispute, 'stripeDisputeId'>>,
  ): Promise<void> {
    await tx.update(Dispute, { orgId, id }, { ...facts, updatedAt: this.clock.now() });
  }
}
