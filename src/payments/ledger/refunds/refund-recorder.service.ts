import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { DepositExcessService } from '../../../change-orders/deposit-excess.service.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { ActivityRepository } from '../../../proposals/activity/activity.repository.js';
import type { Lead } from '../../../proposals/rows/lead.entity.js';
import { refundFailed } from '../../../messages/reasons/refund-reasons.js';
import { refundAgainStep } from '../../../messages/next-steps.js';
import { PaymentDescriptionService } from '../payment-description.service.js';
import { LedgerRepository } from '../ledger.repository.js';
import { failedRefundSubjectOf } from '../payment-subjects.js';
import type { Payment } from '../payment.entity.js';
import { PaymentsRepository } from '../payments.repository.js';
import { identify, isGivenUp, isNameless, isOtherSum, unaccountedCents } from './refund-identity.js';
import { isGone, isOver, type RefundState, refundStateAfter } from './refund-state.js';
import type { Refund } from './refund.entity.js';
import { RefundsRepository } from './refunds.repository.js';
import { ReturnedInboxService } from '../returned-inbox.service.js';

/** What Stripe says of one refund. */
export interface RefundUpdate {
  refundId: string;
  requestKey: string | null;
  amountCents: number;
  state: RefundState;
  reason: string | null;
  failureReason: string | null;
  madeAt: Date;
  /** When it was as told here. */
  at: Date;
}

/** What Stripe says of all refunds of a charge together. */
export interface ChargeRefundUpdate {
  refundedCents: number;
  at: Date;
}

/**
 * Writes down money that goes back to the customer, or comes back. Part of the caller's transaction, which holds the
 * proposal's lock.
 */
@Injectable()
export class RefundRecorderService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly refunds: RefundsRepository,
    private readonly ledger: LedgerRepository,
    private readonly activities: ActivityRepository,
    private readonly descriptions: PaymentDescriptionService,
    private readonly depositExcess: DepositExcessService,
    private readonly credits: CreditMemosRepository,
    private readonly inbox: InboxRepository,
    private readonly returned: ReturnedInboxService,
    private readonly jobs: JobsService,
  ) {}

  /** Notes one refund that Stripe names. Answers why nothing changed; null where something did. */
  async note(
    tx: EntityManager,
    proposal: Lead,
    payment: Payment,
    update: RefundUpdate,
  ): Promise<string | null> {
    const before = await this.ledger.entryOf(tx, payment);
    const identity = identify(update, before.refunds);
    for (const { id, byCents } of identity.shrink) {
      const row = before.refunds.find((one) => one.id === id)!;
      await this.refunds.shrink(tx, row, byCents);
    }
    if (identity.kind === 'new') {
      const refund = await this.refunds.insert(tx, payment, {
        stripeRefundId: update.refundId,
        amountCents: update.amountCents,
        state: update.state,
        reason: update.reason,
        error: update.failureReason,
        madeAt: update.madeAt,
        failedAt: failedAt(update.state, update.at),
      });
      if (isOver(refund.state)) await this.reportFailure(tx, payment, refund);
      await this.follow(tx, proposal, payment, before.balance.refundedCents, refund);
      return null;
    }
    const known = before.refunds.find((row) => row.id === identity.id)!;
    // What Stripe names it has made, whatever it answered, or did not, as it was asked.
    const isNamedFirst = isNameless(known) || isGivenUp(known);
    const state = isNamedFirst ? update.state : refundStateAfter(known.state, update.state);
    if (state === known.state && known.stripeRefundId !== null) return `The refund is ${state} already.`;
    const error = state === 'failed' ? update.failureReason : null;
    await this.refunds.update(tx, known, {
      stripeRefundId: update.refundId,
      state,
      error,
      failedAt: failedAt(state, update.at),
    });
    const [wasOver, isOverNow] = [isOver(known.state), isOver(state)];
    const refund = Object.assign(known, { state, error });
    if (isOverNow && !wasOver) await this.reportFailure(tx, payment, refund);
    if (wasOver && !isOverNow)
      await this.inbox.resolveSubject(tx, payment.orgId, failedRefundSubjectOf(refund.id));
    await this.follow(tx, proposal, payment, before.balance.refundedCents, refund);
    return null;
  }

  /**
   * Notes what a charge says was refunded of it, as far as no refund accounts for it. The sum counts a refund that
   * waits for the bank or the customer like one that succeeded: which it is, its refunds say, which are read at Stripe.
   */
  async noteSum(
    tx: EntityManager,
    proposal: Lead,
    payment: Payment,
    { refundedCents, at }: ChargeRefundUpdate,
  ): Promise<string | null> {
    const before = await this.ledger.entryOf(tx, payment);
    const reportedCents = Math.min(refundedCents, payment.amountCents);
    const amountCents = unaccountedCents(reportedCents, before.refunds, at);
    if (amountCents === 0 && !isOtherSum(reportedCents, before.refunds))
      return 'As much was refunded before.';
    const { orgId, id: paymentId } = payment;
    await this.jobs.enqueue(tx, 'stripe.refunds.read', { orgId, paymentId });
    if (amountCents === 0) return 'The refunds known here come to another sum; they are read at Stripe.';
    const refund = await this.refunds.insert(tx, payment, { amountCents, state: 'pending', madeAt: at });
    await this.follow(tx, proposal, payment, before.balance.refundedCents, refund);
    return null;
  }

  /** Has the proposal's sum, its log, the inbox and the books follow a refund that was made or changed. */
  async follow(
    tx: EntityManager,
    proposal: Lead,
    payment: Payment,
    refundedBefore: number,
    refund: Refund,
  ): Promise<void> {
    const { id, orgId, customerId, proposalId } = payment;
    const paidBefore = proposal.depositPaidCents;
    const paidAfter = await this.payments.recountDeposit(tx, proposal);
    Object.assign(proposal, { depositPaidCents: paidAfter }); // several refunds may follow in one transaction
    const { balance } = await this.ledger.entryOf(tx, payment);
    const change = balance.refundedCents - refundedBefore;
    if (change !== 0) {
      await this.activities.log(tx, {
        orgId,
        customerId,
        proposalId,
        event: change > 0 ? 'payment_refunded' : 'payment_refund_failed',
        meta: {
          payment_id: id,
          refund_id: refund.id,
          amount_cents: Math.abs(change),
          refunded_cents: balance.refundedCents,
          currency: payment.currency,
          deposit_change_cents: paidAfter - paidBefore,
          stripe_charge_id: payment.stripeChargeId,
          stripe_refund_id: refund.stripeRefundId,
          ...(change < 0 && { reason: refund.error }),
        },
        occurrence: `refund:${refund.id}:${refund.state}:${balance.refundedCents}`,
      });
    }
    if (change < 0) {
      // What it was thought to have given back is credited after all.
      for (const memo of await this.credits.listGivenBack(tx, orgId, proposalId))
        await this.jobs.enqueue(tx, 'qbo.credit.carry', memo);
    }
    if (change !== 0) await this.depositExcess.review(tx, orgId, proposalId);
    await this.returned.closeReturned(tx, proposal, payment);
    if (isGone(refund.state) || change !== 0) {
      await this.jobs.enqueue(tx, 'qbo.payment.record', { orgId, proposalId, paymentId: id });
    }
  }

  /** Stripe refused one that somebody asked for and does not wait for any more: they believe that it is on its way. */
  async reportRefused(tx: EntityManager, proposal: Lead, payment: Payment, refund: Refund): Promise<void> {
    await this.reportFailure(tx, payment, refund);
    await this.returned.closeReturned(tx, proposal, payment);
  }

  /** Whether or not it was ever thought to have reached the customer: that depends on the order in which it is told. */
  private async reportFailure(tx: EntityManager, payment: Payment, refund: Refund): Promise<void> {
    const { orgId, proposalId, customerId } = payment;
    const deposit = await this.descriptions.name(tx, payment);
    const { amountCents: cents, currency, error, state } = refund;
    await this.inbox.open(tx, {
      orgId,
      subject: failedRefundSubjectOf(refund.id),
      code: 'refund_failed',
      reason: refundFailed(deposit, { cents, currency }, { cancelled: state === 'cancelled', error }),
      nextStep: refundAgainStep(payment.id, cents),
      proposalId,
      customerId,
    });
  }
}

function failedAt(state: RefundState, at: Date): Date | null {
  return isOver(state) ? at : null;
}
