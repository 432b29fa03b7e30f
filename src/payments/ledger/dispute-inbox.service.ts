import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { decimalTextFromCents } from '../../platform/money/cents.js';
import { DepositDescriptionService } from './deposit-description.service.js';
import type { Disputing } from './refunds-and-disputes.service.js';
import type { Payment } from './payment.entity.js';

/** Puts a disputed deposit before a person: to be answered in Stripe, and to be settled in the books where it was lost. */
@Injectable()
export class DisputeInboxService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly descriptions: DepositDescriptionService,
  ) {}

  /** Part of the caller's transaction. News of a dispute that is older than its end changes nothing. */
  async report(tx: EntityManager, payment: Payment, disputing: Disputing, standing: string): Promise<void> {
    const { id, orgId, proposalId, customerId } = payment;
    const { closed, status, reason, amountCents, currency } = disputing;
    const subject = `payment.dispute:${id}`;
    const about = { orgId, subject, proposalId, customerId };
    if (closed && status !== 'lost') return this.inbox.resolveSubject(tx, orgId, subject);
    if (!closed && standing !== status) return;
    const deposit = await this.descriptions.name(tx, payment);
    const disputed = `${decimalTextFromCents(amountCents)} ${currency}`;
    await this.inbox.open(tx, {
      ...about,
      code: closed ? 'dispute_lost' : 'dispute_open',
      reason: closed
        ? `The bank took back ${disputed} of ${deposit}: the dispute (${reason}) is lost.`
        : `The bank of the customer disputes ${disputed} of ${deposit} (${reason}).`,
    });
  }
}
