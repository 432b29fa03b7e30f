import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { JobHandler } from '../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { ActivityRepository } from '../../proposals/activity/activity.repository.js';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { ChargeQuestionService } from './charges/charge-question.service.js';
import type { CheckoutSession } from './sessions/checkout-session.entity.js';
import { CheckoutSessionsRepository } from './sessions/checkout-sessions.repository.js';
import { PageElsewhereService } from './sessions/page-elsewhere.service.js';
import { asksFor, isInAccountOf } from './sessions/session-terms.js';
import { StripeClient } from './stripe.client.js';

/**
 * Ends payment pages that ask for what is not owed any more. Whoever changes what is owed calls `review` in the same
 * transaction, or enqueues its job there: the row ends with it, and a job ends the page at Stripe until Stripe has
 * said that it is over.
 */
@Injectable()
export class SessionEndService implements OnModuleInit {
  private readonly logger = new Logger(SessionEndService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly question: ChargeQuestionService,
    private readonly activities: ActivityRepository,
    private readonly elsewhere: PageElsewhereService,
    private readonly settings: OrgSettingsService,
    private readonly stripe: StripeClient,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.settings.onChanged(this, (tx, orgId) => this.reviewElsewhere(tx, orgId));
  }

  @JobHandler('checkout.session.review')
  async reviewOne({ orgId, proposalId }: QueuePayloads['checkout.session.review']): Promise<void> {
    await this.dataSource.transaction((tx) => this.review(tx, orgId, [proposalId]));
  }

  /** Ends the open page of each of these proposals that asks for another amount than is owed now. */
  async review(tx: EntityManager, orgId: number, proposalIds: readonly number[]): Promise<void> {
    for (const proposalId of await this.sessions.listOpenProposals(tx, orgId, proposalIds)) {
      const proposal = await this.proposals.getForUpdate(tx, orgId, proposalId);
      const session = await this.sessions.findOpen(tx, orgId, proposalId);
      if (!session) continue;
      const settings = await this.settings.get(orgId, tx);
      const options = { totalCents: session.totalCents, settings };
      const { key, answer } = await this.question.due(tx, proposal, options);
      if (!answer.owed) await this.end(tx, session, answer.code);
      else if (!asksFor(session, { key, amountCents: answer.amountCents }))
        await this.end(tx, session, 'amount_changed');
      else if (!isInAccountOf(settings, session)) await this.end(tx, session, 'other_account');
    }
  }

  /** True of a page in the account that its organisation is paid into now. */
  async isInAccountOfNow(tx: EntityManager, session: CheckoutSession): Promise<boolean> {
    return isInAccountOf(await this.settings.get(session.orgId, tx), session);
  }

  /** The organisation is paid into another account now: its proposals are locked one by one, by jobs. */
  private async reviewElsewhere(tx: EntityManager, orgId: number): Promise<void> {
    const { stripeAccountId } = await this.settings.get(orgId, tx);
    for (const proposalId of await this.sessions.listOpenElsewhere(tx, orgId, stripeAccountId)) {
      await this.jobs.enqueue(tx, 'checkout.session.review', { orgId, proposalId });
    }
  }

  /** Part of the caller's transaction, which holds the proposal's lock. */
  async end(tx: EntityManager, session: CheckoutSession, reason: string | null = null): Promise<void> {
    await this.sessions.setStatus(tx, session, 'expired', reason);
    if (reason !== null) {
      const { orgId, customerId, proposalId, amountCents, currency, stripeSessionId } = session;
      await this.activities.log(tx, {
        orgId,
        customerId,
        proposalId,
        event: 'checkout_expired',
        meta: { session_id: stripeSessionId, amount_cents: amountCents, currency, reason },
        occurrence: stripeSessionId ?? session.idempotencyKey,
      });
    }
    await this.enqueue(tx, session);
  }

  async enqueue(tx: EntityManager, { orgId, id, stripeSessionId, devMode }: CheckoutSession): Promise<void> {
    if (devMode || stripeSessionId === null) return;
    await this.jobs.enqueue(tx, 'stripe.session.end', { orgId, sessionId: id });
  }

  /** Throws where Stripe does not answer, so that the job is tried again. */
  @JobHandler('stripe.session.end')
  async endAtStripe({ orgId, sessionId }: QueuePayloads['stripe.session.end']): Promise<void> {
    const session = await this.sessions.find(this.dataSource.manager, orgId, sessionId);
    if (!session?.stripeSessionId || !this.stripe.isConfigured) return;
    const { stripeSessionId, stripeAccountId } = session;
    const outcome = await this.stripe.expireSession({ stripeSessionId, stripeAccountId });
    this.logger.log({ orgId, sessionId, outcome }, 'A payment page that is not wanted any more was ended');
    // On one of the other mode nobody pays, or no money comes.
    if (!this.stripe.knows(stripeSessionId)) return;
    await this.dataSource.transaction(async (tx) => {
      if (outcome !== 'unknown') return this.elsewhere.settle(tx, session);
      const now = await this.sessions.getForUpdate(tx, orgId, sessionId);
      const lookAt = await this.elsewhere.report(tx, now);
      if (lookAt) await this.jobs.enqueue(tx, 'stripe.session.end', { orgId, sessionId }, lookAt);
    });
  }
}
