import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { ActivityRepository } from '../../proposals/activity.repository.js';
import type { Lead } from '../../proposals/lead.entity.js';
import { dayInZone } from '../../platform/time/calendar-day.js';
import { DisputeInboxService } from './dispute-inbox.service.js';
import type { Payment } from './payment.entity.js';
import { PaymentsRepository } from './payments.repository.js';

/** Money that goes back: given back by us. `refundedCents` is all that went back so far. */
export interface Refunding {
  refundedCents: number;
  chargeId: string;
  at: Date;
}

/** Money that is contested: the customer asked the bank for it. */
export interface Disputing {
  disputeId: string;
  closed: boolean;
  amountCents: number;
  currency: string;
  /** What Stripe says of the dispute in this event. */
  status: string;
  reason: string;
  at: Date;
}

/** What a dispute comes to: how the payment's stands then, and all that the bank has taken back. */
export interface Ruling {
  disputing: Disputing;
  standing: string;
  lostCents: number;
}

/** Writes down what becomes of a payment after it was booked. Part of the caller's transaction, which holds the proposal's lock. */
@Injectable()
export class RefundsAndDisputesService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly activities: ActivityRepository,
    private readonly settings: OrgSettingsService,
    private readonly disputes: DisputeInboxService,
    private readonly jobs: JobsService,
  ) {}

  /** Notes more money given back than before, and has it follow in the books. */
  async refund(
    tx: EntityManager,
    proposal: Lead,
    payment: Payment,
    { refundedCents, chargeId, at }: Refunding,
  ): Promise<void> {
    const { id, orgId, proposalId, currency } = payment;
    const stripeChargeId = payment.stripeChargeId ?? chargeId;
    await this.payments.update(tx, payment, { refundedCents, refundedAt: at, stripeChargeId });
    await this.payments.recountDeposit(tx, proposal);
    await this.activities.log(tx, {
      orgId,
      customerId: payment.customerId,
      proposalId,
      event: 'payment_refunded',
      meta: {
        payment_id: id,
        amount_cents: refundedCents - payment.refundedCents,
        refunded_cents: refundedCents,
        currency,
        stripe_charge_id: stripeChargeId,
      },
      occurrence: `${id}:${refundedCents}`,
    });
    const { timeZone } = await this.settings.get(orgId, tx);
    await this.jobs.enqueue(tx, 'qbo.refund.record', {
      orgId,
      proposalId,
      paymentId: id,
      refundedCents,
      currency,
      refundedOn: dayInZone(at, timeZone),
      reference: payment.stripePaymentIntentId ?? payment.stripeSessionId,
    });
  }

  /**
   * Notes a dispute, open or decided, and puts it before a person. What was lost is not a deposit any more; the books are
   * left to the bookkeeper, who alone knows whether the customer still owes it.
   */
  async dispute(tx: EntityManager, proposal: Lead, payment: Payment, ruling: Ruling): Promise<void> {
    const { id, orgId, customerId, proposalId } = payment;
    const { disputing, standing, lostCents } = ruling;
    await this.payments.update(tx, payment, {
      disputedAt: payment.disputedAt ?? disputing.at,
      disputeStatus: standing,
      lostCents,
    });
    await this.payments.recountDeposit(tx, proposal);
    await this.disputes.report(tx, payment, disputing, standing);
    await this.activities.log(tx, {
      orgId,
      customerId,
      proposalId,
      event: disputing.closed ? 'payment_dispute_closed' : 'payment_disputed',
      meta: {
        payment_id: id,
        stripe_dispute_id: disputing.disputeId,
        amount_cents: disputing.amountCents,
        currency: disputing.currency,
        status: disputing.status,
        reason: disputing.reason,
        // What this step took from the deposit; negative where it came back.
        ...(lostCents === payment.lostCents ? {} : { lost_cents: lostCents - payment.lostCents }),
      },
      occurrence: disputing.disputeId,
    });
  }
}
