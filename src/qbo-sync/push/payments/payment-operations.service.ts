import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { OrgSettingsService } from '../../../orgs/org-settings.service.js';
import { type LedgerEntry, LedgerRepository } from '../../../payments/ledger/ledger.repository.js';
import type { Refund } from '../../../payments/ledger/refund.entity.js';
import { isOver } from '../../../payments/ledger/refund-state.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { ProposalCustomersRepository } from '../../../proposals/proposal-customers.repository.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { subjectOf } from '../../operations/operation.entity.js';
import { OperationTriesRepository } from '../../operations/operation-tries.repository.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { subjectOfRefundTotal } from '../../pull/invoices/payments/refund-total.js';
import { RefundTotalsRepository } from '../../pull/invoices/payments/refund-totals.repository.js';
import { RecordedPaymentReviewService } from '../../pull/invoices/monitors/recorded-payment-review.service.js';
import { type BookedStep, booksPlanOf, type RefundStep, stepsTakenOut, stepsTooMuch } from './books-plan.js';
import { refundReversed } from '../../../messages/inbox-reasons.js';
import { RefundInboxService } from './refund-inbox.service.js';
import { excessSubjectOf, isStepChangeable, type OutboundRefund } from './refund-step.js';
import { RefundStepsRepository } from './refund-steps.repository.js';
import { sumCents } from '../../../platform/money/cents.js';

/** The day of an instant. */
type DayOf = (instant: Date) => CalendarDay;

/** Who puts a payment into the books. */
export type Bookkeeping = 'us' | 'bookkeeper';

/**
 * Makes the operations that the rows of the ledger ask for: one for the payment, and one for each part of its refunds
 * that no operation accounts for. Rows and operations are compared in one transaction under the lock of the payment, so
 * that nothing depends on the order of jobs and events, and repeating it changes nothing.
 */
@Injectable()
export class PaymentOperationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: OrgSettingsService,
    private readonly payments: PaymentsRepository,
    private readonly ledger: LedgerRepository,
    private readonly operations: OperationsRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly tries: OperationTriesRepository,
    private readonly steps: RefundStepsRepository,
    private readonly totals: RefundTotalsRepository,
    private readonly items: RefundInboxService,
    private readonly recorded: RecordedPaymentReviewService,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * Null where there is no such payment. Whether it is recorded here is decided once, at the first call. While it is
   * not known which receipts stand, its refunds are left as they are: one that was made anew would pass for one that is
   * gone.
   */
  async ensure(
    orgId: number,
    paymentId: number,
    { receiptsKnown }: { receiptsKnown: boolean },
  ): Promise<Bookkeeping | null> {
    return this.dataSource.transaction(async (tx) => {
      const payment = await this.payments.getForUpdate(tx, orgId, paymentId);
      if (!payment) return null;
      if (payment.recordedHere === null) {
        const { recordPayments } = await this.settings.get(orgId, tx);
        payment.recordedHere = recordPayments;
        await this.payments.setRecordedHere(tx, payment, recordPayments);
      }
      if (!payment.recordedHere) return 'bookkeeper';
      const entry = await this.ledger.entryOf(tx, payment);
      const dayOf = await this.settings.daysThen(orgId, tx);
      await this.ensurePayment(tx, entry, dayOf);
      const failed = receiptsKnown && (await this.ensureRefunds(tx, entry, dayOf));
      const isWonBack = entry.disputes.some(({ state }) => state === 'won');
      await this.reviewUnrecorded(tx, entry, failed || isWonBack);
      await this.recorded.review(tx, orgId, paymentId);
      return 'us';
    });
  }

  private async ensurePayment(tx: EntityManager, { payment }: LedgerEntry, dayOf: DayOf): Promise<void> {
    const { orgId, proposalId, id: paymentId, amountCents, currency } = payment;
    const known = await this.tries.listOf('payment.create', orgId, paymentId, tx);
    if (known.length > 0) return;
    const paidOn = dayOf(payment.paidAt);
    const reference = payment.stripePaymentIntentId ?? payment.stripeSessionId;
    const fact = { orgId, proposalId, paymentId, amountCents, currency, paidOn, reference };
    const operation = await this.operations.insertOnce(tx, {
      orgId,
      realmId: null,
      kind: 'payment.create',
      entityId: paymentId,
      proposalId,
      generation: 1,
      requestId: `pay-${randomUUID()}`,
      payload: { fact },
      state: 'waiting',
    });
    await this.operationJobs.enqueue(tx, operation);
  }

  /**
   * Nobody is asked to record, or to give back, a payment that is in no books and of which nothing is with us any more;
   * once it `cameBack`, as a refund failed or a dispute was won after all, what becomes of it is a question again,
   * unless a person has decided.
   */
  private async reviewUnrecorded(
    tx: EntityManager,
    { payment: { orgId, id }, balance }: LedgerEntry,
    cameBack: boolean,
  ): Promise<void> {
    const newest = await this.operations.findNewest('payment.create', orgId, id, tx);
    if (newest?.state !== 'refused' || newest.errorKind === 'customer_erased') return;
    const subject = subjectOf(newest);
    if (balance.netCents === 0) return this.inbox.resolveSubject(tx, orgId, subject);
    if (!cameBack || (await this.inbox.hasOpen(tx, orgId, subject))) return;
    if ((await this.inbox.decisionSince(tx, orgId, subject, newest.createdAt)) === null)
      await this.operations.askAnew(tx, newest);
  }

  /** Answers whether one of them failed before it was in the books. */
  private async ensureRefunds(tx: EntityManager, entry: LedgerEntry, dayOf: DayOf): Promise<boolean> {
    const { payment } = entry;
    const { orgId, proposalId, id: paymentId, currency } = payment;
    const { made, refundedCents } = refundedOf(entry);
    await this.steps.lock(tx, orgId, paymentId);
    const known = await this.tries.listOf('refund.create', orgId, paymentId, tx);
    const plan = booksPlanOf(refundedCents, known.map(stepOf));
    for (const { id, toCents } of plan.shrink) await this.steps.shrink(tx, orgId, id, toCents);
    if (plan.shrink.length > 0) await this.items.review(tx, orgId, paymentId);
    if (plan.addCents > 0) {
      const newest = made.reduce(
        (latest, { madeAt }) => (madeAt > latest ? madeAt : latest),
        made[0]!.madeAt,
      );
      const refundedOn = dayOf(newest);
      const reference = payment.stripePaymentIntentId ?? payment.stripeSessionId;
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
    await this.reportExcess(tx, entry, plan.excessCents);
    return plan.shrink.length > 0;
  }

  /**
   * A person took out of the books what stood there too much, so that what is refunded from now on comes into them.
   * Part of the caller's transaction.
   */
  async takeOutExcess(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    const payment = await this.payments.getForUpdate(tx, orgId, paymentId);
    if (!payment) return;
    const entry = await this.ledger.entryOf(tx, payment);
    await this.steps.lock(tx, orgId, paymentId);
    const known = await this.tries.listOf('refund.create', orgId, paymentId, tx);
    const { excessCents } = booksPlanOf(refundedOf(entry).refundedCents, known.map(stepOf));
    const done = known.filter(({ state }) => state === 'done');
    const failed = entry.refunds.filter(({ state }) => isOver(state)).map(({ amountCents }) => amountCents);
    for (const { id, toCents } of stepsTooMuch(excessCents, done.map(stepOf), failed)) {
      await this.steps.takeOut(tx, orgId, id, toCents);
      const before = bookedStepOf(done.find((step) => step.id === id)!);
      if (before.overCents !== 0) await this.keepOverOf(tx, orgId, before, toCents);
    }
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

  /** The same as far as receipts show it that were read: what each `standing` one is over, by its step. */
  async follow(orgId: number, paymentId: number, standing: ReadonlyMap<string, number>): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const payment = await this.payments.getForUpdate(tx, orgId, paymentId);
      if (!payment) return;
      const { refundedCents } = refundedOf(await this.ledger.entryOf(tx, payment));
      await this.steps.lock(tx, orgId, paymentId);
      const known = await this.tries.listOf('refund.create', orgId, paymentId, tx);
      const { excessCents } = booksPlanOf(refundedCents, known.map(stepOf));
      for (const { id, toCents, overCents } of stepsTakenOut(
        excessCents,
        known.map(bookedStepOf),
        standing,
      )) {
        await this.steps.takeOut(tx, orgId, id, toCents);
        await this.totals.keepOver(tx, { orgId, id }, overCents);
      }
    });
  }

  /** A refund that failed after it was put into the books has to be taken out by a person, unless one dismissed it. */
  private async reportExcess(tx: EntityManager, entry: LedgerEntry, excessCents: number): Promise<void> {
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
      proposalId,
      customerId: payment.customerId,
    });
  }
}

/** What of a payment is back with the customer, and never more than was paid. */
function refundedOf({ payment, refunds }: LedgerEntry): { made: readonly Refund[]; refundedCents: number } {
  const made = refunds.filter(({ state }) => state === 'succeeded');
  const cents = sumCents(made.map(({ amountCents }) => amountCents));
  return { made, refundedCents: Math.min(cents, payment.amountCents) };
}

function bookedStepOf({ id, payload: { amountCents, overCents = 0 } }: OutboundRefund): BookedStep {
  return { id, amountCents, overCents };
}

/** What a person entered by hand is in the books as well. */
function stepOf(step: OutboundRefund): RefundStep {
  return { id: step.id, amountCents: step.payload.amountCents, changeable: isStepChangeable(step) };
}
