import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { WORK_ITEM_NAME } from '../../../../contracts/billing/deposit-item-name.js';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { takeOutOfLinesStep } from '../../../../messages/next-steps.js';
import { refundReversed } from '../../../../messages/reasons/refund-reasons.js';
import { type LedgerEntry, LedgerRepository } from '../../../../payments/ledger/ledger.repository.js';
import { PaymentsRepository } from '../../../../payments/ledger/payments.repository.js';
import { isOver } from '../../../../payments/ledger/refunds/refund-state.js';
import { ProposalCustomersRepository } from '../../../../proposals/rows/proposal-customers.repository.js';
import type { QboRefund } from '../../../api/model/qbo-objects.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { bookedOf, subjectOfRefundTotal } from '../../../pull/invoices/payments/refund-total.js';
import { RefundTotalsRepository } from '../../../pull/invoices/payments/refund-totals.repository.js';
import { type BookedStep, booksPlanOf, refundedOf, stepsTakenOut, stepsTooMuch } from './books-plan.js';
import { bookedStepOf, excessSubjectOf, heldItemOf, plannedStepOf } from './refund-step.js';
import { receiptsToLower } from './receipts-to-lower.js';
import { RefundStepsRepository } from './refund-steps.repository.js';

/**
 * What of a payment's refunds stands in the books too much, as they failed at Stripe after they were there: a person
 * takes it out, and says so, or the receipts show it.
 */
@Injectable()
export class RefundExcessService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly payments: PaymentsRepository,
    private readonly ledger: LedgerRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly tries: OperationTriesRepository,
    private readonly steps: RefundStepsRepository,
    private readonly totals: RefundTotalsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * A refund that failed after it was put into the books has to be taken out by a person, unless one dismissed it. Part
   * of the caller's transaction.
   */
  async report(tx: EntityManager, entry: LedgerEntry, excessCents: number): Promise<void> {
    const { payment, balance, refunds } = entry;
    const { orgId, proposalId, currency } = payment;
    const subject = excessSubjectOf(payment.id);
    if (excessCents === 0) return this.inbox.resolveSubject(tx, orgId, subject);
    // When we heard of the failure: Stripe's instant of it may lie before a dismissal that knew nothing of it.
    const heard = refunds.filter(({ state }) => isOver(state)).map(({ updatedAt }) => updatedAt.getTime());
    const decision = await this.inbox.decisionSince(tx, orgId, subject, new Date(Math.max(0, ...heard)));
    if (decision === 'dismissed') return;
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const lost = balance.lostCents > 0 ? { cents: balance.lostCents, currency } : null;
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'refund_reversed',
      reason: refundReversed({ cents: excessCents, currency }, { id: proposalId, customer }, lost),
      nextStep: await this.stepOf(tx, entry, excessCents),
      proposalId,
      customerId: payment.customerId,
    });
  }

  /** Where a receipt names two products: which of its lines are too much. Else what is always said. */
  private async stepOf(
    tx: EntityManager,
    { payment, refunds }: LedgerEntry,
    excessCents: number,
  ): Promise<string | undefined> {
    const { orgId, id: paymentId, currency } = payment;
    const released = await this.steps.releasedCents(tx, orgId, paymentId);
    const known = await this.tries.listOf('refund.create', orgId, paymentId, tx);
    const receipts = receiptsToLower(excessCents, known, failedCentsOf(refunds), released);
    return receipts && takeOutOfLinesStep(receipts, WORK_ITEM_NAME, currency);
  }

  /**
   * A person took out of the books what stood there too much, so that what is refunded from now on comes into them.
   * Part of the caller's transaction.
   */
  async takeOut(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    const payment = await this.payments.getForUpdate(tx, orgId, paymentId);
    if (!payment) return;
    const entry = await this.ledger.entryOf(tx, payment);
    await this.steps.lock(tx, orgId, paymentId);
    const known = await this.tries.listOf('refund.create', orgId, paymentId, tx);
    const { excessCents } = booksPlanOf(refundedOf(entry).refundedCents, known.map(plannedStepOf));
    const done = known.filter(({ state }) => state === 'done');
    const failed = failedCentsOf(entry.refunds);
    for (const { id, toCents } of stepsTooMuch(excessCents, done.map(plannedStepOf), failed)) {
      await this.steps.takeOut(tx, orgId, id, toCents);
      const before = bookedStepOf(done.find((step) => step.id === id)!);
      if (before.overCents !== 0) await this.keepOverOf(tx, orgId, before, toCents);
    }
  }

  /** The same as far as receipts show it that were read, by their steps; null of one that is gone. */
  async follow(
    orgId: number,
    paymentId: number,
    receipts: ReadonlyMap<string, QboRefund | null>,
  ): Promise<void> {
    const standing = new Map([...receipts].map(([id, receipt]) => [id, receipt?.totalCents ?? 0]));
    await this.dataSource.transaction(async (tx) => {
      const payment = await this.payments.getForUpdate(tx, orgId, paymentId);
      if (!payment) return;
      const { refundedCents } = refundedOf(await this.ledger.entryOf(tx, payment));
      await this.steps.lock(tx, orgId, paymentId);
      const known = await this.tries.listOf('refund.create', orgId, paymentId, tx);
      const { excessCents } = booksPlanOf(refundedCents, known.map(plannedStepOf));
      for (const { id, toCents, overCents } of stepsTakenOut(
        excessCents,
        known.map(bookedStepOf),
        standing,
      )) {
        await this.steps.takeOut(tx, orgId, id, toCents);
        await this.totals.keepOver(tx, { orgId, id }, overCents);
        const receipt = receipts.get(id);
        const heldItemId = heldItemOf(known.find((step) => step.id === id)!.payload);
        if (receipt && overCents === 0)
          await this.totals.keepBooked(tx, { orgId, id }, bookedOf(receipt, heldItemId));
      }
    });
  }

  /**
   * Of a receipt that was over another sum: one that stood over what is left of it was lowered before anybody heard of
   * the failure, and is no question any more; of any other it is not said whether it was put right with that.
   */
  private async keepOverOf(
    tx: EntityManager,
    orgId: number,
    { id, amountCents, overCents }: BookedStep,
    toCents: number,
  ): Promise<void> {
    const isRight = overCents !== null && amountCents + overCents === toCents;
    await this.totals.keepOver(tx, { orgId, id }, isRight ? 0 : null);
    if (isRight) await this.inbox.resolveSubject(tx, orgId, subjectOfRefundTotal(id));
  }
}

function failedCentsOf(refunds: LedgerEntry['refunds']): number[] {
  return refunds.filter(({ state }) => isOver(state)).map(({ amountCents }) => amountCents);
}
