import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { paidOnLostPage, pendingOnLostPage } from '../../messages/reasons/stripe-reasons.js';
import { PENDING_ON_LOST_PAGE_STEP } from '../../messages/next-steps.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { StripeAccountsRepository } from '../accounts/stripe-accounts.repository.js';
import { lostPageSubjectOf } from '../checkout/sessions/lost-pages.repository.js';
import { SessionEndService } from '../checkout/session-end.service.js';
import { PaymentDescriptionService } from '../ledger/payment-description.service.js';
import { type LostPage, lostPageIn } from './lost-page.js';
import { StripeEventsRepository } from './stripe-events.repository.js';
import type { SessionFact } from './stripe-fact.js';

/**
 * Asks about money that came by a page which no row knows, or that a bank is about to pay by it, where the database was
 * restored from a backup after that page was opened. What the page says of organisation and proposal is believed for a
 * question, and books nothing; while it is asked, the customer is not asked to pay the same again.
 */
@Injectable()
export class LostPageReporterService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly descriptions: PaymentDescriptionService,
    private readonly proposals: ProposalsRepository,
    private readonly events: StripeEventsRepository,
    private readonly accounts: StripeAccountsRepository,
    private readonly sessionEnds: SessionEndService,
  ) {}

  /**
   * Part of the transaction that closes the event. Whoever owns a connected account makes pages in it and says in them
   * what they like: of an account that others alone are paid into, nothing is asked of this organisation.
   */
  async report(tx: EntityManager, body: unknown, fact: SessionFact): Promise<void> {
    const page = lostPageIn(body);
    if (!page) return;
    const { orgId, openedAt, accountId } = page;
    if (accountId !== null && (await this.accounts.isOfOthersAlone(tx, orgId, accountId))) return;
    await inOrganisation(orgId, async () => {
      const restoredAt = await this.events.findRestored(tx, orgId);
      if (restoredAt && openedAt <= restoredAt) await this.follow(tx, page, fact);
    });
  }

  private async follow(tx: EntityManager, page: LostPage, fact: SessionFact): Promise<void> {
    const { orgId, proposalId, invoiceKind: kind, invoiceSequence: sequence } = page;
    const subject = lostPageSubjectOf(fact.sessionId, { kind, sequence });
    if (fact.outcome === 'failed') return this.inbox.resolveSubject(tx, orgId, subject);
    const { amountCents, currency, outcome } = fact;
    if (outcome === 'expired' || !amountCents || currency === null) return;
    if (outcome === 'pending' && (await this.isAsked(tx, orgId, subject))) return;
    const proposal = await this.locked(tx, orgId, proposalId);
    const customerId = proposal?.customerId ?? null;
    const payment = await this.descriptions.name(tx, { ...page, customerId, amountCents, currency });
    const id = fact.paymentIntentId ?? fact.sessionId;
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'payment_unknown',
      ...(outcome === 'pending'
        ? { reason: pendingOnLostPage(payment, id), nextStep: PENDING_ON_LOST_PAGE_STEP }
        : { reason: paidOnLostPage(payment, id) }),
      ...(proposal && { proposalId, ...(customerId !== null && { customerId }) }),
    });
    if (proposal) await this.sessionEnds.review(tx, orgId, [proposalId]);
  }

  /** What is heard late of a page changes nothing about the question that is there, nor about what was decided. */
  private async isAsked(tx: EntityManager, orgId: number, subject: string): Promise<boolean> {
    if (await this.inbox.hasOpen(tx, orgId, subject)) return true;
    return (await this.inbox.lastDecision(tx, orgId, subject)) !== null;
  }

  /** Whoever opens a page of it meanwhile waits, and hears of the question. Null where there is none. */
  private async locked(tx: EntityManager, orgId: number, proposalId: number): Promise<Lead | null> {
    const proposal = await this.proposals.findInOrg(tx, orgId, proposalId);
    return proposal && this.proposals.getForUpdate(tx, orgId, proposalId);
  }
}
