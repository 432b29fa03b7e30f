import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import type { Lead } from '../../proposals/lead.entity.js';
import { LedgerRepository } from './ledger.repository.js';
import { PaymentInboxService } from './payment-inbox.service.js';
import { failedRefundSubjectOf, notOwedSubjectOf, removedSubjectOf } from './payment-subjects.js';
import type { Payment } from './payment.entity.js';

/**
 * Closes what the inbox asks about money that is not with us any more, whether it was refunded or the bank took it:
 * nobody is told to give back what is back. Part of the caller's transaction.
 */
@Injectable()
export class ReturnedInboxService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly ledger: LedgerRepository,
    private readonly paymentInbox: PaymentInboxService,
  ) {}

  async closeReturned(tx: EntityManager, proposal: Lead, payment: Payment): Promise<void> {
    const { id, orgId, amountCents, notOwedCents } = payment;
    const { balance, refunds } = await this.ledger.entryOf(tx, payment);
    if (amountCents - balance.netCents >= (notOwedCents ?? amountCents))
      await this.inbox.resolveSubject(tx, orgId, notOwedSubjectOf(id));
    await this.paymentInbox.reviewUnapproved(tx, proposal);
    if (balance.netCents > 0) return;
    await this.inbox.resolveSubject(tx, orgId, removedSubjectOf(id));
    for (const refund of refunds)
      await this.inbox.resolveSubject(tx, orgId, failedRefundSubjectOf(refund.id));
  }
}
