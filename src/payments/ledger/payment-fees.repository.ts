import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import type { QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { Clock } from '../../platform/time/clock.js';
import type { StripeFee } from '../stripe-fee.js';
import { Payment } from './payment.entity.js';

/** What of the payments table says whether Stripe's fee is known, and when Stripe is asked for it. */
@Injectable()
export class PaymentFeesRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The payment where its fee is unknown and Stripe may be asked for it now, else null. */
  async findDue(orgId: number, id: number): Promise<Payment | null> {
    const payment = await this.dataSource.manager.findOneBy(Payment, { orgId, id, feeCents: IsNull() });
    const dueAt = payment?.feeNextAttemptAt;
    return dueAt && dueAt <= this.clock.now() ? payment : null;
  }

  /** Counts an attempt before it is made. False where another process was faster. */
  async begin({ orgId, id, feeAttempts }: Payment, nextAttemptAt: Date | null): Promise<boolean> {
    const { affected } = await this.dataSource.manager.update(
      Payment,
      { orgId, id, feeAttempts },
      { feeAttempts: feeAttempts + 1, feeNextAttemptAt: nextAttemptAt },
    );
    return affected === 1;
  }

  /** Keeps the fee: Stripe is not asked for it again. */
  async keep({ orgId, id }: Payment, fee: StripeFee): Promise<void> {
    const changes = { ...fee, feeNextAttemptAt: null, updatedAt: this.clock.now() };
    await this.dataSource.manager.update(Payment, { orgId, id, feeCents: IsNull() }, changes);
  }

  /** Payments of all organisations of which Stripe is to be asked now, the longest due first. */
  async listDue(tx: EntityManager, limit: number): Promise<QueuePayloads['stripe.fee.read'][]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select org_id as "orgId", id::int as "paymentId" from payments
          where fee_next_attempt_at <= $1 order by fee_next_attempt_at limit $2`,
        [this.clock.now(), limit],
      ),
    );
  }
}
