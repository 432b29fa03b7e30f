import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { insertRow } from '../../platform/database/written-rows.js';
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

  /** True where a bank is yet to decide about a payment of the proposal. */
  async hasOpen(tx: EntityManager, orgId: number, proposalId: number): Promise<boolean> {
    const [row] = await tx.query<{ isOpen: boolean }[]>(
      `select exists (
         select from payments p join disputes d on d.org_id = p.org_id and d.payment_id = p.id
          where p.org_id = $1 and p.proposal_id = $2 and d.state = 'open') as "isOpen"`,
      [orgId, proposalId],
    );
    return row!.isOpen;
  }

  /** Oldest first. */
  async listOfPayments(tx: EntityManager, orgId: number, paymentIds: readonly number[]): Promise<Dispute[]> {
    return tx.find(Dispute, { where: { orgId, paymentId: In(paymentIds) }, order: { id: 'ASC' } });
  }

  async insert(tx: EntityManager, payment: Payment, dispute: NewDispute): Promise<Dispute> {
    const { orgId, proposalId, id: paymentId } = payment;
    const at = this.clock.now();
    return insertRow(tx, Dispute, {
      ...dispute,
      orgId,
      proposalId,
      paymentId,
      createdAt: at,
      updatedAt: at,
    });
  }

  async update(
    tx: EntityManager,
    { orgId, id }: Dispute,
    facts: Partial<DisputeStatus & Pick<Dispute, 'stripeDisputeId' | 'amountCents' | 'currency'>>,
  ): Promise<void> {
    await tx.update(Dispute, { orgId, id }, { ...facts, updatedAt: this.clock.now() });
  }
}
