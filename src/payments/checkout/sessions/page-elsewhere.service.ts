import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { pageElsewhere, pagePaidElsewhere } from '../../../messages/reasons/stripe-reasons.js';
import {
  pageElsewhereStep,
  pageOverElsewhereStep,
  pagePaidElsewhereStep,
} from '../../../messages/next-steps.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { inOrganisation } from '../../../platform/database/scope/scope.js';
import { VendorError } from '../../../platform/errors/vendor-error.js';
import { Clock } from '../../../platform/time/clock.js';
import { ProposalsRepository } from '../../../proposals/rows/proposals.repository.js';
import { PaymentDescriptionService } from '../../ledger/payment-description.service.js';
import type { CheckoutSession } from './checkout-session.entity.js';
import { CheckoutSessionsRepository } from './checkout-sessions.repository.js';
import { type PageAtStripe, StripeClient } from '../stripe.client.js';

/** The kind of the subjects of what is asked about them; after it comes the session of ours. */
export const PAGES_ELSEWHERE = 'checkout.elsewhere';

/**
 * Asks about payment pages that the account of the key does not know, as it is another one than they were opened in:
 * nobody here can end them, and until their time is over they can be paid.
 */
@Injectable()
export class PageElsewhereService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: InboxRepository,
    private readonly descriptions: PaymentDescriptionService,
    private readonly settings: OrgSettingsService,
    private readonly proposals: ProposalsRepository,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly stripe: StripeClient,
    private readonly clock: Clock,
  ) {}

  /** True of a page that its account, in the name of the key's, knows, and where that does not answer now. */
  async isKnown(page: PageAtStripe): Promise<boolean> {
    return (await this.ask(page)) !== false;
  }

  /** Whether its account, in the name of the key's, knows a page; null where that does not answer now. */
  private async ask(page: PageAtStripe): Promise<boolean | null> {
    return this.stripe.hasSession(page).catch((error: unknown) => {
      if (error instanceof VendorError) return null;
      throw error;
    });
  }

  /**
   * One that the key's account does not know. Answers when to look again: its time is over then. What was asked before
   * stays asked, as only that account says whether it was paid. Part of the caller's transaction.
   */
  async report(tx: EntityManager, session: CheckoutSession): Promise<Date | null> {
    const { orgId, status, stripeSessionId, expiresAt } = session;
    if (stripeSessionId === null || (status !== 'expired' && status !== 'pending')) return null;
    if (status === 'pending') {
      await this.askPaying(tx, session);
      return null;
    }
    if (expiresAt === null) return null;
    const isOver = expiresAt <= this.clock.now();
    if (isOver && !(await this.inbox.hasOpen(tx, orgId, subjectOf(session)))) return null;
    const { timeZone } = await this.settings.get(orgId, tx);
    const name = await this.descriptions.name(tx, session);
    const step = isOver ? pageOverElsewhereStep : pageElsewhereStep;
    const reason = pageElsewhere(name, { until: expiresAt, timeZone, isOver });
    await this.open(tx, session, reason, step(stripeSessionId));
    return isOver ? null : expiresAt;
  }

  /**
   * The same of all pages by which a bank is about to pay for a proposal: for whoever was refused another one, and once
   * a day, as nobody is: what a person has decided holds then. Of one that is known, as where the key of before is set
   * again, nothing is asked.
   */
  async reportPaying(
    orgId: number,
    proposalId: number,
    { isRefused }: { isRefused: boolean },
  ): Promise<void> {
    if (!this.stripe.isConfigured) return;
    for (const { stripeSessionId, stripeAccountId } of await this.sessions.listPending(
      this.dataSource.manager,
      orgId,
      proposalId,
    )) {
      const isAsked = stripeSessionId !== null && this.stripe.knows(stripeSessionId);
      const isKnown = isAsked ? await this.ask({ stripeSessionId, stripeAccountId }) : null;
      if (isKnown === null) continue;
      await this.dataSource.transaction(async (tx) => {
        await this.proposals.getForUpdate(tx, orgId, proposalId);
        const session = await this.sessions.findByStripeId(tx, stripeSessionId!);
        if (session?.status !== 'pending') return;
        if (isKnown) return this.settle(tx, session);
        if (isRefused || !(await this.isDecided(tx, session))) await this.askPaying(tx, session);
      });
    }
  }

  /**
   * Its account tells of it: it was paid, refused or is over, and nothing is asked any more; or its bank is about to
   * pay, and whether it does is heard from there alone. Part of the caller's transaction.
   */
  async heardOf(
    tx: EntityManager,
    session: CheckoutSession,
    outcome: 'paid' | 'pending' | 'failed' | 'expired',
  ): Promise<void> {
    const { orgId, status } = session;
    if (status !== 'expired' && status !== 'pending') return;
    await inOrganisation(orgId, async () => {
      if (outcome !== 'pending') return this.settle(tx, session);
      if (await this.inbox.hasOpen(tx, orgId, subjectOf(session))) await this.askPaying(tx, session);
    });
  }

  /** The key's account knows it, as where the key of before is set again. Part of the caller's transaction. */
  async settle(tx: EntityManager, session: CheckoutSession): Promise<void> {
    await this.inbox.resolveSubject(tx, session.orgId, subjectOf(session));
  }

  /** A person wants to hear no more of it, unless it keeps somebody from paying. */
  private async isDecided(tx: EntityManager, session: CheckoutSession): Promise<boolean> {
    return (await this.inbox.lastDecision(tx, session.orgId, subjectOf(session))) !== null;
  }

  private async askPaying(tx: EntityManager, session: CheckoutSession): Promise<void> {
    const reason = pagePaidElsewhere(await this.descriptions.name(tx, session));
    await this.open(tx, session, reason, pagePaidElsewhereStep(session.stripeSessionId!));
  }

  private async open(
    tx: EntityManager,
    session: CheckoutSession,
    reason: string,
    nextStep: string,
  ): Promise<void> {
    const { orgId, proposalId, customerId } = session;
    const subject = subjectOf(session);
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'page_elsewhere',
      reason,
      nextStep,
      proposalId,
      customerId,
    });
  }
}

function subjectOf({ id }: Pick<CheckoutSession, 'id'>): string {
  return `${PAGES_ELSEWHERE}:${id}`;
}
