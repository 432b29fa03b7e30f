import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { TimerHandler } from '../../../jobs/handlers/timer-handler.decorator.js';
import { isDayMissing, openDisputeStep } from '../../../messages/dispute-steps.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { inOrganisation } from '../../../platform/database/scope/scope.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { disputed } from '../../../messages/reasons/payment-reasons.js';
import { PaymentDescriptionService } from '../payment-description.service.js';
import type { Dispute } from './dispute.entity.js';
import { DisputesRepository, type OpenDispute } from './disputes.repository.js';
import type { Payment } from '../payment.entity.js';
import { referenceOf } from '../payment-reference.js';

/** Puts each dispute before a person: to be answered in Stripe, and to be followed in the books where it was lost. */
@Injectable()
export class DisputeInboxService {
  private readonly logger = new Logger('Disputes');

  constructor(
    private readonly dataSource: DataSource,
    private readonly disputes: DisputesRepository,
    private readonly clock: Clock,
    private readonly inbox: InboxRepository,
    private readonly descriptions: PaymentDescriptionService,
    private readonly settings: OrgSettingsService,
  ) {}

  /**
   * Part of the caller's transaction. One item for each dispute, which closes by itself where the money stays with
   * us.
   */
  async report(tx: EntityManager, payment: Payment, dispute: Dispute): Promise<void> {
    const { orgId, proposalId, customerId } = payment;
    const { state, reason, amountCents, currency } = dispute;
    const subject = subjectOf(dispute);
    if (state === 'won' || state === 'closed') return this.inbox.resolveSubject(tx, orgId, subject);
    const which = {
      payment: await this.descriptions.name(tx, payment),
      ...(await this.receiptOf(tx, payment)),
    };
    const lost = state === 'lost';
    await this.inbox.open(tx, {
      orgId,
      subject,
      proposalId,
      customerId,
      code: lost ? 'dispute_lost' : 'dispute_open',
      reason: disputed(which, { cents: amountCents, currency }, reason, { lost }),
      nextStep: lost ? undefined : await this.stepOf(tx, dispute),
    });
  }

  /**
   * Says of every open dispute anew what there is to do: the day passes until which the bank takes an answer, the time
   * zone of the organisation is another one, or what stands there is from an earlier version. Answers of how many it
   * was.
   */
  @TimerHandler('restate-disputes')
  async restateAll(): Promise<number> {
    const open = await this.disputes.listOpen(this.dataSource.manager);
    const now = this.clock.now();
    const outdated = open.filter((dispute) => isOutdated(dispute, now));
    for (const dispute of outdated) {
      const { orgId, id } = dispute;
      try {
        await inOrganisation(orgId, () => this.dataSource.transaction((tx) => this.renew(tx, dispute)));
      } catch (error) {
        this.logger.error(
          { err: error, orgId, disputeId: id },
          'What to do about a dispute was not said anew',
        );
      }
    }
    return outdated.length;
  }

  /** The same of one. Part of the caller's transaction. */
  async restate(tx: EntityManager, orgId: number, id: number): Promise<void> {
    const dispute = await this.disputes.lockOpen(tx, orgId, id);
    if (dispute) await this.advise(tx, dispute);
  }

  private async renew(tx: EntityManager, { orgId, id, respondBy, takesAnswer }: OpenDispute): Promise<void> {
    const dispute = await this.disputes.lockOpen(tx, orgId, id);
    if (!dispute) return;
    const isUnsaid = dispute.respondBy === null && dispute.takesAnswer;
    const answer = { respondBy, takesAnswer };
    if (isUnsaid && (respondBy !== null || !takesAnswer)) {
      await this.disputes.update(tx, dispute, answer);
      Object.assign(dispute, answer);
    }
    await this.advise(tx, dispute);
  }

  private async advise(tx: EntityManager, dispute: Dispute): Promise<void> {
    if (isDayMissing(dispute)) return;
    await this.inbox.advise(tx, dispute.orgId, subjectOf(dispute), await this.stepOf(tx, dispute));
  }

  /** Where the same was paid twice, the day and Stripe's id alone say which of the two is meant. */
  private async receiptOf(
    tx: EntityManager,
    payment: Payment,
  ): Promise<{ paidOn: CalendarDay; reference: string }> {
    const dayOf = await this.settings.daysThen(payment.orgId, tx);
    return { paidOn: dayOf(payment.paidAt), reference: referenceOf(payment) };
  }

  private async stepOf(tx: EntityManager, dispute: Dispute): Promise<string> {
    const { timeZone } = await this.settings.get(dispute.orgId, tx);
    return openDisputeStep(dispute, { now: this.clock.now(), timeZone });
  }
}

/** Pure. An item from before may know the day that its row does not: it is left as it is. */
function isOutdated(dispute: OpenDispute, now: Date): boolean {
  const { isSaidSince, nextStep, timeZone } = dispute;
  if (isDayMissing(dispute)) return false;
  return isSaidSince || (nextStep !== null && nextStep !== openDisputeStep(dispute, { now, timeZone }));
}

function subjectOf({ id }: Pick<Dispute, 'id'>): string {
  return `dispute:${id}`;
}
