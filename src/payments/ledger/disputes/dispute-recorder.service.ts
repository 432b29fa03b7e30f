import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { JobsService } from '../../../jobs/jobs.service.js';
import { ActivityRepository } from '../../../proposals/activity/activity.repository.js';
import type { Lead } from '../../../proposals/rows/lead.entity.js';
import { DisputeInboxService } from './dispute-inbox.service.js';
import { disputeAfter, disputedCentsOf, type DisputedMoney, type DisputeReport } from './dispute-state.js';
import type { Dispute } from './dispute.entity.js';
import { DisputesRepository } from './disputes.repository.js';
import type { Payment } from '../payment.entity.js';
import { PaymentsRepository } from '../payments.repository.js';
import { ReturnedInboxService } from '../returned-inbox.service.js';

/** What Stripe says of one dispute. */
export interface DisputeUpdate extends DisputeReport, DisputedMoney {
  disputeId: string;
  reason: string;
  /** Until when the bank takes an answer; null where that is not said. */
  respondBy: Date | null;
  /** False where it takes none at all. */
  takesAnswer: boolean;
}

/**
 * Writes down a dispute, open or decided, and puts it before a person. What was lost is not a deposit any more; the
 * books are left to the bookkeeper, who alone knows whether the customer still owes it. Part of the caller's
 * transaction, which holds the proposal's lock.
 */
@Injectable()
export class DisputeRecorderService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly disputes: DisputesRepository,
    private readonly activities: ActivityRepository,
    private readonly disputeInbox: DisputeInboxService,
    private readonly returned: ReturnedInboxService,
    private readonly jobs: JobsService,
  ) {}

  /** Answers why nothing changed; null where something did. */
  async note(
    tx: EntityManager,
    proposal: Lead,
    payment: Payment,
    update: DisputeUpdate,
  ): Promise<string | null> {
    const known = await this.knownAs(tx, payment, update.disputeId);
    const standing = disputeAfter(known, update);
    const answer = answerAfter(known, update);
    if (known?.state === standing.state && known.stripeStatus === standing.stripeStatus) {
      if (known.state !== 'open' || isSameAnswer(known, answer))
        return `The dispute is ${known.stripeStatus} already.`;
      await this.disputes.update(tx, known, { ...answer, statusAt: standing.statusAt });
      await this.disputeInbox.restate(tx, payment.orgId, known.id);
      return null;
    }
    const lostSince = known?.state === 'lost' ? known.updatedAt : null;
    const { currency } = payment;
    const isNamedOtherwise = update.currency !== currency;
    const money = { amountCents: disputedCentsOf(payment, update), currency };
    // What the bank withdrew is told later than what it asks for.
    const facts = {
      ...standing,
      ...(isNamedOtherwise ? money : {}),
      ...answer,
      stripeDisputeId: update.disputeId,
    };
    if (known) await this.disputes.update(tx, known, facts);
    const dispute = known
      ? Object.assign(known, facts)
      : await this.disputes.insert(tx, payment, { ...facts, ...money, reason: update.reason });
    const paidBefore = proposal.depositPaidCents;
    const change = (await this.payments.recountDeposit(tx, proposal)) - paidBefore;
    await this.disputeInbox.report(tx, payment, dispute);
    if (dispute.state === 'lost') await this.returned.closeReturned(tx, proposal, payment);
    else if (lostSince) await this.returned.askAgain(tx, proposal, payment, lostSince);
    if (dispute.state !== 'open') await this.reviewBooks(tx, payment);
    const about = { payment, dispute, stripeDisputeId: update.disputeId, change };
    if (!known) await this.log(tx, 'payment_disputed', { ...about, change: 0 });
    if (dispute.state !== 'open') await this.log(tx, 'payment_dispute_closed', about);
    return null;
  }

  /** Money that is not with us any more is no question for the books; once it came back it is one again. */
  private async reviewBooks(tx: EntityManager, { orgId, proposalId, id }: Payment): Promise<void> {
    await this.jobs.enqueue(tx, 'qbo.payment.record', { orgId, proposalId, paymentId: id });
  }

  /** One from before disputes were rows has no id: it is the one that is told next. */
  private async knownAs(tx: EntityManager, payment: Payment, disputeId: string): Promise<Dispute | null> {
    const known = await this.disputes.listOfPayments(tx, payment.orgId, [payment.id]);
    const nameless = known.find(({ stripeDisputeId }) => stripeDisputeId === null);
    return known.find(({ stripeDisputeId }) => stripeDisputeId === disputeId) ?? nameless ?? null;
  }

  private async log(
    tx: EntityManager,
    event: 'payment_disputed' | 'payment_dispute_closed',
    facts: { payment: Payment; dispute: Dispute; stripeDisputeId: string; change: number },
  ): Promise<void> {
    const { payment, dispute, stripeDisputeId, change } = facts;
    const { orgId, customerId, proposalId } = payment;
    await this.activities.log(tx, {
      orgId,
      customerId,
      proposalId,
      event,
      meta: {
        payment_id: payment.id,
        dispute_id: dispute.id,
        stripe_dispute_id: stripeDisputeId,
        amount_cents: dispute.amountCents,
        currency: dispute.currency,
        status: dispute.stripeStatus,
        reason: dispute.reason,
        ...(change === 0 ? {} : { deposit_change_cents: change }),
      },
      occurrence: event === 'payment_disputed' ? stripeDisputeId : `${stripeDisputeId}:${dispute.state}`,
    });
  }
}

type Answerable = Pick<Dispute, 'respondBy' | 'takesAnswer'>;

/** Until when the bank takes an answer: older reports say nothing new of it, nor do those that leave it out. */
function answerAfter(known: Dispute | null, { respondBy, takesAnswer, at }: DisputeUpdate): Answerable {
  if (known && (at < known.statusAt || (takesAnswer && respondBy === null))) {
    return { respondBy: known.respondBy, takesAnswer: known.takesAnswer };
  }
  return { respondBy, takesAnswer };
}

function isSameAnswer(known: Answerable, said: Answerable): boolean {
  return known.takesAnswer === said.takesAnswer && known.respondBy?.getTime() === said.respondBy?.getTime();
}
