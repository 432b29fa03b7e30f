import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { ResolutionsService } from '../../inbox/resolutions.service.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { paidNotApproved, paymentNotOwed } from '../../messages/reasons/payment-reasons.js';
import { notOwedStep, paidNotApprovedStep } from '../../messages/next-steps.js';
import { sumCents } from '../../platform/money/cents.js';
import { PaymentDescriptionService } from './payment-description.service.js';
import { notOwedSubjectOf, unapprovedSubjectOf } from './payment-subjects.js';
import type { Payment } from './payment.entity.js';
import { PaymentsRepository } from './payments.repository.js';
import { CustomersRepository } from '../../customers/customers.repository.js';

/** Puts money that nobody owed before a person. Part of the caller's transaction. */
@Injectable()
export class PaymentInboxService implements OnModuleInit {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly resolutions: ResolutionsService,
    private readonly customers: CustomersRepository,
    private readonly descriptions: PaymentDescriptionService,
    private readonly payments: PaymentsRepository,
  ) {}

  /** Who resolves it has agreed with the customer what it is for, or made another proposal of it. */
  onModuleInit(): void {
    this.resolutions.register('proposal.unapproved', {
      closed: async (tx, orgId, id, state) => {
        if (state === 'resolved') await this.payments.setAllAgreed(tx, orgId, Number(id));
      },
    });
    this.resolutions.register('payment.not_owed', {
      closed: async (tx, orgId, id, state) => {
        if (state === 'resolved') await this.payments.setAgreed(tx, orgId, Number(id));
      },
    });
  }

  /** Money came for a proposal that was cancelled meanwhile: nobody owed it. */
  async reportUnapproved(tx: EntityManager, proposal: Lead, payment: Payment): Promise<void> {
    await this.payments.setNotOwed(tx, payment, payment.amountCents);
    await this.openUnapproved(tx, proposal);
  }

  /** Has the item about such money name what of it is with us, if there is one; with nothing left it closes. */
  async reviewUnapproved(tx: EntityManager, proposal: Lead): Promise<void> {
    const { id, orgId } = proposal;
    if (await this.inbox.hasOpen(tx, orgId, unapprovedSubjectOf(id))) await this.openUnapproved(tx, proposal);
  }

  private async openUnapproved(tx: EntityManager, proposal: Lead): Promise<void> {
    const { id: proposalId, orgId, name, customerId } = proposal;
    const subject = unapprovedSubjectOf(proposalId);
    const payments = await this.payments.listUnapproved(tx, orgId, proposalId);
    if (payments.length === 0) return this.inbox.resolveSubject(tx, orgId, subject);
    const byCurrency = Map.groupBy(payments, ({ currency }) => currency);
    const amounts = [...byCurrency].map(([currency, all]) => ({
      cents: sumCents(all.map(({ netCents }) => netCents)),
      currency,
    }));
    const customer = await this.customers.nameOf(tx, orgId, customerId);
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'paid_not_approved',
      reason: paidNotApproved(amounts, { id: proposalId, name, customer }),
      nextStep: paidNotApprovedStep(payments.map(({ id }) => id)),
      proposalId,
      customerId,
    });
  }

  /** True where a person has said already what becomes of the part that was not owed. */
  async isDecided(tx: EntityManager, { id, orgId, createdAt }: Payment): Promise<boolean> {
    return (await this.inbox.decisionSince(tx, orgId, notOwedSubjectOf(id), createdAt)) !== null;
  }

  /** More came than was owed. `why` is a sentence; `backCents` is what of the payment went back before. */
  async reportNotOwed(
    tx: EntityManager,
    payment: Payment,
    { cents, why, backCents = 0 }: { cents: number; why: string; backCents?: number },
  ): Promise<void> {
    const { id, orgId, proposalId, customerId, currency } = payment;
    const deposit = await this.descriptions.name(tx, payment);
    const part = cents === payment.amountCents ? null : { cents, currency };
    await this.payments.setNotOwed(tx, payment, cents);
    await this.inbox.open(tx, {
      orgId,
      subject: notOwedSubjectOf(id),
      code: 'payment_not_owed',
      reason: paymentNotOwed(deposit, part, why),
      nextStep: notOwedStep(id, cents - backCents),
      proposalId,
      customerId,
    });
  }
}
