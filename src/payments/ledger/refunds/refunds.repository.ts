import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { findByKey } from '../../../platform/database/statements/find-by-key.js';
import { insertRow } from '../../../platform/database/statements/written-rows.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';
import { Clock } from '../../../platform/time/clock.js';
import type { Payment } from '../payment.entity.js';
import { Refund } from './refund.entity.js';

export type NewRefund = Pick<Refund, 'amountCents' | 'state' | 'madeAt'> &
  Partial<Pick<Refund, 'stripeRefundId' | 'requestKey' | 'reason' | 'error' | 'requestedBy' | 'failedAt'>>;

/** The refunds table. Whoever changes a row holds the lock of its proposal. */
@Injectable()
export class RefundsRepository {
  constructor(private readonly clock: Clock) {}

  /** Oldest first. */
  async listOfPayments(tx: EntityManager, orgId: number, paymentIds: readonly number[]): Promise<Refund[]> {
    return tx.find(Refund, { where: { orgId, paymentId: In(paymentIds) }, order: { id: 'ASC' } });
  }

  /** Those that Stripe was asked for a minute ago or earlier, and did not answer, of all organisations. */
  async listUnanswered(tx: EntityManager, limit: number): Promise<{ orgId: number; refundId: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select org_id as "orgId", id::int as "refundId" from refunds
          where state = 'requested' and updated_at < $1::timestamptz - interval '1 minute'
          order by updated_at limit $2`,
        [this.clock.now(), limit],
      ),
    );
  }

  async find(tx: EntityManager, orgId: number, id: number): Promise<Refund | null> {
    return findByKey(tx, Refund, { orgId, id });
  }

  async findByRequestKey(tx: EntityManager, orgId: number, requestKey: string): Promise<Refund | null> {
    return tx.findOneBy(Refund, { orgId, requestKey });
  }

  async insert(tx: EntityManager, payment: Payment, refund: NewRefund): Promise<Refund> {
    const { orgId, proposalId, id: paymentId, currency } = payment;
    const at = this.clock.now();
    return insertRow(tx, Refund, {
      ...refund,
      orgId,
      proposalId,
      paymentId,
      currency,
      createdAt: at,
      updatedAt: at,
    });
  }

  async update(
    tx: EntityManager,
    { orgId, id }: Pick<Refund, 'orgId' | 'id'>,
    facts: Partial<
      Pick<Refund, 'stripeRefundId' | 'state' | 'error' | 'reason' | 'amountCents' | 'attempts' | 'failedAt'>
    >,
  ): Promise<void> {
    await tx.update(Refund, { orgId, id }, { ...facts, updatedAt: this.clock.now() });
  }

  /**
   * Takes an amount off a row that only stood for refunds without a name; one that stands for nothing any more goes.
   */
  async shrink(tx: EntityManager, { orgId, id, amountCents }: Refund, byCents: number): Promise<void> {
    if (byCents >= amountCents) await tx.delete(Refund, { orgId, id });
    else await this.update(tx, { orgId, id }, { amountCents: amountCents - byCents });
  }
}
