import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { LedgerEntry } from '../../../../payments/ledger/ledger.repository.js';
import { referenceOf } from '../../../../payments/ledger/payment-reference.js';
import type { CalendarDay } from '../../../../platform/time/calendar-day.js';
import { OperationJobsService } from '../../../operations/operation-jobs.service.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { booksPlanOf, refundedOf } from './books-plan.js';
import { RefundExcessService } from './refund-excess.service.js';
import { RefundInboxService } from './refund-inbox.service.js';
import { plannedStepOf } from './refund-step.js';
import { RefundStepsRepository } from './refund-steps.repository.js';

/** The day of an instant. */
export type DayOf = (instant: Date) => CalendarDay;

/**
 * Makes the operations of a payment's refunds come to what was refunded of it: one for what none accounts for, and less
 * of those that are not in the books where a refund failed.
 */
@Injectable()
export class RefundOperationsService {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly tries: OperationTriesRepository,
    private readonly steps: RefundStepsRepository,
    private readonly items: RefundInboxService,
    private readonly excess: RefundExcessService,
  ) {}

  /** Part of the transaction that has locked the payment. Answers whether one failed before it was in the books. */
  async ensure(tx: EntityManager, entry: LedgerEntry, dayOf: DayOf): Promise<boolean> {
    const { payment } = entry;
    const { orgId, proposalId, id: paymentId, currency } = payment;
    const { made, refundedCents } = refundedOf(entry);
    await this.steps.lock(tx, orgId, paymentId);
    const known = await this.tries.listOf('refund.create', orgId, paymentId, tx);
    const plan = booksPlanOf(refundedCents, known.map(plannedStepOf));
    for (const { id, toCents } of plan.shrink) await this.steps.shrink(tx, orgId, id, toCents);
    if (plan.shrink.length > 0) await this.items.review(tx, orgId, paymentId);
    if (plan.addCents > 0) {
      const newest = made.reduce(
        (latest, { madeAt }) => (madeAt > latest ? madeAt : latest),
        made[0]!.madeAt,
      );
      const refundedOn = dayOf(newest);
      const reference = referenceOf(payment);
      const fact = { orgId, proposalId, paymentId, refundedCents, currency, refundedOn, reference };
      const operation = await this.operations.insertOnce(tx, {
        orgId,
        realmId: null,
        kind: 'refund.create',
        entityId: paymentId,
        proposalId,
        generation: known.length + 1,
        requestId: `ref-${randomUUID()}`,
        payload: { fact, amountCents: plan.addCents },
        state: 'waiting',
      });
      await this.operationJobs.enqueue(tx, operation);
    }
    await this.excess.report(tx, entry, plan.excessCents);
    return plan.shrink.length > 0;
  }
}
