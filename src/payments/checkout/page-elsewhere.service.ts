import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { pageElsewhere } from '../../messages/inbox-reasons.js';
import { pageElsewhereStep } from '../../messages/next-steps.js';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { inOrganisation } from '../../platform/database/scope.js';
import { Clock } from '../../platform/time/clock.js';
import { PaymentDescriptionService } from '../ledger/payment-description.service.js';
import type { CheckoutSession } from './checkout-session.entity.js';

/**
 * Asks about payment pages that the account of the key does not know, as it is another one than they were opened in:
 * nobody here can end them, and until their time is over they can be paid.
 */
@Injectable()
export class PageElsewhereService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly descriptions: PaymentDescriptionService,
    private readonly settings: OrgSettingsService,
    private readonly clock: Clock,
  ) {}

  /** One that can still be paid. Part of the caller's transaction. */
  async report(tx: EntityManager, session: CheckoutSession): Promise<void> {
    const { orgId, proposalId, customerId, stripeSessionId, expiresAt } = session;
    if (stripeSessionId === null || expiresAt === null || expiresAt <= this.clock.now()) return;
    const { timeZone } = await this.settings.get(orgId, tx);
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOf(session),
      code: 'page_elsewhere',
      reason: pageElsewhere(await this.descriptions.name(tx, session), expiresAt, timeZone),
      nextStep: pageElsewhereStep(stripeSessionId),
      proposalId,
      customerId,
    });
  }

  /** Its account tells of it: it was paid or is over, or its bank is about to pay. Part of the caller's transaction. */
  async heardOf(tx: EntityManager, session: CheckoutSession): Promise<void> {
    const { orgId, status } = session;
    if (status !== 'expired') return;
    await inOrganisation(orgId, () => this.inbox.resolveSubject(tx, orgId, subjectOf(session)));
  }
}

function subjectOf({ id }: Pick<CheckoutSession, 'id'>): string {
  return `checkout.elsewhere:${id}`;
}
