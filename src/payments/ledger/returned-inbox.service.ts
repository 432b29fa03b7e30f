import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { notOwedStep } from '../../messages/next-steps.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { LedgerRepository } from './ledger.repository.js';
import { PaymentInboxService } from './payment-inbox.service.js';
import {
  failedRefundSubjectOf,
  notOwedSubjectOf,
  removedSubjectOf,
  unapprovedSubjectOf,
} from './payment-subjects.js';
import type { Payment } from './payment.entity.js';
import type { Refund } from './refunds/refund.entity.js';
import { isOver } from './refunds/refund-state.js';
import { refundsMadeAgain } from './refunds/refunds-made-again.js';

/**
 * Closes what the inbox asks about money that is not with us any more, whether it was refunded or the bank took it, and
 * about refunds that were made again: nobody is told to give back what is back. Part of the caller's transaction.
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
    const leftCents = (notOwedCents ?? amountCents) - (amountCents - balance.netCents);
    const notOwed = notOwedSubjectOf(id);
    if (leftCents <= 0) await this.inbox.resolveSubject(tx, orgId, notOwed);
    else if (notOwedCents !== null) await this.inbox.advise(tx, orgId, notOwed, notOwedStep(id, leftCents));
    await this.paymentInbox.reviewUnapproved(tx, proposal);
    const isAllBack = balance.netCents === 0;
    if (isAllBack) await this.inbox.resolveSubject(tx, orgId, removedSubjectOf(id));
    const again = isAllBack ? new Set(refunds.map((refund) => refund.id)) : await this.madeAgain(tx, refunds);
    for (const refundId of again) await this.inbox.resolveSubject(tx, orgId, failedRefundSubjectOf(refundId));
  }

  private async madeAgain(tx: EntityManager, refunds: readonly Refund[]): Promise<Set<number>> {
    const failed = refunds.filter(({ state }) => isOver(state));
    if (failed.length === 0) return new Set();
    const subjects = failed.map(({ id }) => failedRefundSubjectOf(id));
    const asked = await this.inbox.askedSubjects(tx, failed[0]!.orgId, subjects);
    return refundsMadeAgain(
      refunds.map((refund) =>
        Object.assign({}, refund, { isAskedAbout: asked.has(failedRefundSubjectOf(refund.id)) }),
      ),
    );
  }

  /**
   * Money that a bank had taken is with us again: what was asked about it, and closed by that since it was heard of, is
   * a question once more.
   */
  async askAgain(tx: EntityManager, proposal: Lead, payment: Payment, lostSince: Date): Promise<void> {
    const { id, orgId, amountCents, notOwedCents } = payment;
    const { balance, refunds } = await this.ledger.entryOf(tx, payment);
    const isNotOwed = amountCents - balance.netCents < (notOwedCents ?? 0);
    const subjects = [
      ...(isNotOwed ? [notOwedSubjectOf(id)] : []),
      unapprovedSubjectOf(proposal.id),
      ...refunds.filter(({ state }) => isOver(state)).map((refund) => failedRefundSubjectOf(refund.id)),
    ];
    for (const subject of subjects) await this.inbox.openAgain(tx, orgId, subject, lostSince);
    await this.paymentInbox.reviewUnapproved(tx, proposal);
  }
}
