import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { paidOnLostPage } from '../../messages/inbox-reasons.js';
import { inOrganisation } from '../../platform/database/scope.js';
import { ProposalsRepository } from '../../proposals/proposals.repository.js';
import { PaymentDescriptionService } from '../ledger/payment-description.service.js';
import { lostPageIn } from './lost-page.js';
import { StripeEventsRepository } from './stripe-events.repository.js';
import type { SessionFact } from './stripe-fact.js';

/**
 * Asks about money that came by a page which no row knows, where the database was restored from a backup after that
 * page was opened. What the page says of organisation and proposal is believed for a question, and books nothing.
 */
@Injectable()
export class LostPageReporterService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly descriptions: PaymentDescriptionService,
    private readonly proposals: ProposalsRepository,
    private readonly events: StripeEventsRepository,
  ) {}

  /** Part of the transaction that closes the event. */
  async report(tx: EntityManager, body: unknown, fact: SessionFact): Promise<void> {
    const page = lostPageIn(body);
    const { amountCents, currency, sessionId } = fact;
    if (!page || !amountCents || currency === null) return;
    const { orgId, proposalId, openedAt } = page;
    await inOrganisation(orgId, async () => {
      const restoredAt = await this.events.findRestored(tx, orgId);
      if (!restoredAt || openedAt > restoredAt) return;
      const proposal = await this.proposals.findInOrg(tx, orgId, proposalId);
      const customerId = proposal?.customerId ?? null;
      const payment = await this.descriptions.name(tx, { ...page, customerId, amountCents, currency });
      await this.inbox.open(tx, {
        orgId,
        subject: `stripe.session:${sessionId}`,
        code: 'payment_unknown',
        reason: paidOnLostPage(payment, fact.paymentIntentId ?? sessionId),
        ...(proposal && { proposalId, ...(customerId !== null && { customerId }) }),
      });
    });
  }
}
