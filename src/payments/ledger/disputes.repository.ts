import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Clock } from '../../platform/time/clock.js';
import { Dispute } from './dispute.entity.js';
import type { DisputeStatus } from './dispute-state.js';
import { Payment } from './payment.entity.js';

export type NewDispute = Pick<Dispute, 'stripeDisputeId' | 'amountCents' | 'currency' | 'reason'> &
  DisputeStatus;

/** The disputes table. Whoever changes a row holds the lock of its proposal. */
@Injectable()
export class DisputesRepository {
  constructor(private readonly clock: Clock) {}

  /** True where a bank is yet to decide about a payment of the proposal. */
  async hasOpen(tx: EntityManager, orgId: number, proposalId: number): Promise<boolean> {
    const paymentIds = await tx.find(Payment, { select: { id: true }, where: { orgId, proposalId } });
    return tx.existsBy(Dispute, { orgId, paymentId: In(paymentIds.map(({ id }) => id)), state: 'open' });
  }

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
