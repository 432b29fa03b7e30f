import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { ResolutionsService } from '../../inbox/resolutions.service.js';
import type { Lead } from '../../proposals/lead.entity.js';
import { paidNotApproved, paymentNotOwed } from '../../messages/inbox-reasons.js';
import { notOwedStep } from '../../messages/next-steps.js';
import { PaymentDescriptionService } from './payment-description.service.js';
import { notOwedSubjectOf, unapprovedSubjectOf } from './payment-subjects.js';
import type { Payment } from './payment.entity.js';
import { PaymentsRepository } from './payments.repository.js';

/** Puts money that nobody owed before a person. Part of the caller's transaction. */
@Injectable()
export class PaymentInboxService implements OnModuleInit {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly resolutions: ResolutionsService,
    private readonly descriptions: PaymentDescriptionService,
    private readonly payments: PaymentsRepository,
  ) {}

  /** Who resolves it has agreed with the customer what it is for. */
  onModuleInit(): void {
    this.resolutions.register('payment.not_owed', {
      closed: async (tx, orgId, id, state) => {
        if (state === 'resolved') await this.payments.setAgreed(tx, orgId, Number(id));
      },
    });
  }

  /** Money came for a proposal that was cancelled meanwhile. `paidCents` is what of all its payments is with us. */
  async reportUnapproved(
    tx: EntityManager,
    proposal: Lead,
    payment: Payment,
    paidCents: number,
  ): Promise<void> {
    const { id: proposalId, orgId, name, customerId, currency } = proposal;
    const customer = await this.descriptions.customerName(tx, orgId, customerId);
    const amount =
      paidCents > 0
        ? { cents: paidCents, currency }
        : { cents: payment.amountCents, currency: payment.currency };
    await this.inbox.open(tx, {
      orgId,
      subject: unapprovedSubjectOf(proposalId),
      code: 'paid_not_approved',
      reason: paidNotApproved(amount, { id: proposalId, name, customer }),
      paymentId: payment.id,
      proposalId,
      customerId,
    });
  }

  /** True where a person has said already what becomes of the part that was not owed. */
  async isDecided(tx: EntityManager, { id, orgId, createdAt }: Payment): Promise<boolean> {
    return (await this.inbox.decisionSince(tx, orgId, notOwedSubjectOf(id), createdAt)) !== null;
  }

  /** More came than was owed. `why` is a sentence. */
  async reportNotOwed(tx: EntityManager, payment: Payment, cents: number, why: string): Promise<void> {
    const { id, orgId, proposalId, customerId, currency } = payment;
    const deposit = await this.descriptions.name(tx, payment);
    const part = cents === payment.amountCents ? null : { cents, currency };
    await this.payments.setNotOwed(tx, payment, cents);
    await this.inbox.open(tx, {
      orgId,
      subject: notOwedSubjectOf(id),
      code: 'payment_not_owed',
      reason: paymentNotOwed(deposit, part, why),
      nextStep: notOwedStep(id, cents),
      proposalId,
      customerId,
    });
  }
}
