import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { disputed } from '../../messages/reasons/payment-reasons.js';
import { PaymentDescriptionService } from './payment-description.service.js';
import type { Dispute } from './dispute.entity.js';
import type { Payment } from './payment.entity.js';

/** Puts each dispute before a person: to be answered in Stripe, and to be followed in the books where it was lost. */
@Injectable()
export class DisputeInboxService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly descriptions: PaymentDescriptionService,
  ) {}

  /**
   * Part of the caller's transaction. One item for each dispute, which closes by itself where the money stays with
   * us.
   */
  async report(tx: EntityManager, payment: Payment, dispute: Dispute): Promise<void> {
    const { orgId, proposalId, customerId } = payment;
    const { state, reason, amountCents, currency } = dispute;
    const subject = `dispute:${dispute.id}`;
    if (state === 'won' || state === 'closed') return this.inbox.resolveSubject(tx, orgId, subject);
    const deposit = await this.descriptions.name(tx, payment);
    await this.inbox.open(tx, {
      orgId,
      subject,
      proposalId,
      customerId,
      code: state === 'lost' ? 'dispute_lost' : 'dispute_open',
      reason: disputed(deposit, { cents: amountCents, currency }, reason, { lost: state === 'lost' }),
    });
  }
}
