import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { LedgerRepository } from './ledger.repository.js';
import type { Payment } from './payment.entity.js';

/** What went back of a payment by one change of the ledger, in cents of its currency. */
export interface ReturnedMoney {
  orgId: number;
  currency: string;
  refundedCents: number;
  lostCents: number;
}

/** Counts what goes back of payments: each cent once, when it is first known to be refunded or lost. */
@Injectable()
export class ReturnedMoneyService {
  constructor(
    private readonly ledger: LedgerRepository,
    private readonly metrics: MetricsService,
  ) {}

  /** Has a change made, and says what went back by it. The caller counts that once it is committed. */
  async during<T>(
    tx: EntityManager,
    payment: Payment,
    change: () => Promise<T>,
  ): Promise<{ result: T; returned: ReturnedMoney }> {
    const before = (await this.ledger.entryOf(tx, payment)).balance;
    const result = await change();
    const after = (await this.ledger.entryOf(tx, payment)).balance;
    const { orgId, currency } = payment;
    const refundedCents = Math.max(after.refundedCents - before.refundedCents, 0);
    const lostCents = Math.max(after.lostCents - before.lostCents, 0);
    return { result, returned: { orgId, currency, refundedCents, lostCents } };
  }

  /** Counts what was committed. */
  count({ orgId, currency, refundedCents, lostCents }: ReturnedMoney): void {
    const labels = { org_id: orgId, currency };
    if (refundedCents > 0) this.metrics.count('crm_portal_refunds_cents_total', labels, refundedCents);
    if (lostCents > 0) this.metrics.count('crm_portal_disputes_lost_cents_total', labels, lostCents);
  }
}
