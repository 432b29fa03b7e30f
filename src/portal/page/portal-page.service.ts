import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { CheckoutSessionsRepository } from '../../payments/checkout/sessions/checkout-sessions.repository.js';
import { CHARGE_REFUSALS } from '../../payments/checkout/charges/charge-question.js';
import { CheckoutService } from '../../payments/checkout/checkout.service.js';
import { ActivityRepository } from '../../proposals/activity/activity.repository.js';
import { dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { pagePath } from '../links/page-address.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { PortalLinksRepository } from '../links/portal-links.repository.js';
import { PortalLinksService } from '../links/portal-links.service.js';
import type { PageFacts } from './facts/page-facts.js';
import { PageFactsService } from './facts/page-facts.service.js';
import { proposalPage, type Showing } from './proposal-page.js';

const VIEW_NOTED_EVERY_MS = 60_000;

/** The page on which a customer pays, and for which proposal. */
export interface StartedPayment {
  url: string;
  proposalId: number;
}

/** The tokens of the pages that a browser left to pay. */
export interface LeftPages {
  ofProposal: (proposalId: number | undefined) => string | undefined;
  /** The one it left last. */
  last: string | undefined;
}

/** What the payment page leads back with: the session that was paid, or the proposal that was not. */
export interface Return {
  sessionId: string | undefined;
  /** Not of a payment page that was opened before its address said so. */
  proposalId: number | undefined;
}

/** What a customer does by the page, but for approving: look, go and pay, come back. */
@Injectable()
export class PortalPageService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: PortalLinksService,
    private readonly linkRows: PortalLinksRepository,
    private readonly facts: PageFactsService,
    private readonly activities: ActivityRepository,
    private readonly checkouts: CheckoutService,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** The page of this token as it stands. `seen` says that a person looks at it now, which is logged once a day. */
  async show(
    token: string,
    { seen, ...showing }: Omit<Showing, 'path' | 'now'> & { seen: boolean },
  ): Promise<string> {
    return this.links.withOpen(token, async (link) => {
      const facts = await this.facts.gather(link);
      const now = this.clock.now();
      if (seen) await this.noteView(link, facts, now);
      return proposalPage(facts, { ...showing, now, path: this.pathOf(token) });
    });
  }

  /**
   * The page on which the customer pays; null where there is nothing to pay any more, which the page itself tells.
   * Throws VendorError where Stripe does not answer.
   */
  async startPayment(token: string): Promise<StartedPayment | null> {
    return this.links.withOpen(token, (link) => this.payBy(link));
  }

  private async payBy(link: PortalLink): Promise<StartedPayment | null> {
    const { orgId, proposalId } = link;
    const back = `${this.config.portalPublicUrl}/return`;
    try {
      const { checkoutUrl } = await this.checkouts.open(orgId, proposalId, {
        returnTo: {
          successUrl: `${back}?session_id={CHECKOUT_SESSION_ID}`,
          cancelUrl: `${back}?left=${proposalId}`,
        },
      });
      await this.linkRows.update(this.dataSource.manager, link, { payStartedAt: this.clock.now() });
      return { url: checkoutUrl, proposalId };
    } catch (error) {
      if (error instanceof DomainError && NOTHING_TO_PAY.has(error.code)) return null;
      throw error;
    }
  }

  /**
   * Where a customer who comes back from paying goes on: to the page they left, which this browser knows by its
   * cookies, one for each proposal, or to one that knows no more than the payment.
   */
  async wayBack(left: LeftPages, { sessionId, proposalId }: Return): Promise<string> {
    const elsewhere =
      sessionId === undefined ? 'cancelled' : `done?session_id=${encodeURIComponent(sessionId)}`;
    const session =
      sessionId === undefined ? null : await this.sessions.findByStripeId(this.dataSource.manager, sessionId);
    const token = left.ofProposal(session?.proposalId ?? proposalId) ?? left.last;
    const link = token === undefined ? null : await this.links.open(token).catch(orNull);
    const isIt =
      link &&
      (sessionId === undefined ? link.proposalId === (proposalId ?? link.proposalId) : isOf(session, link));
    if (!isIt)
      return `${new URL(this.config.portalPublicUrl).pathname.replace(/\/$/, '')}/payment/${elsewhere}`;
    return `${this.pathOf(token!)}${sessionId === undefined ? '' : '?paid=1'}`;
  }

  pathOf(token: string): string {
    return pagePath(this.config.portalPublicUrl, token);
  }

  private async noteView(link: PortalLink, { customerId, timeZone }: PageFacts, now: Date): Promise<void> {
    const { orgId, proposalId, id, lastViewedAt } = link;
    if (lastViewedAt && now.getTime() - lastViewedAt.getTime() < VIEW_NOTED_EVERY_MS) return;
    await this.dataSource.transaction(async (tx) => {
      await this.linkRows.update(tx, link, { lastViewedAt: now });
      await this.activities.log(tx, {
        orgId,
        customerId,
        proposalId,
        event: 'view',
        meta: { link_id: id },
        occurrence: `link:${id}:${dayInZone(now, timeZone)}`,
      });
    });
  }
}

/** The page shows each of these better than a refusal would. */
const NOTHING_TO_PAY: ReadonlySet<string> = new Set([...CHARGE_REFUSALS, 'checkout_ended']);

function isOf(session: { orgId: number; proposalId: number } | null, link: PortalLink): boolean {
  return session?.orgId === link.orgId && session.proposalId === link.proposalId;
}

function orNull(error: unknown): null {
  if (error instanceof DomainError) return null;
  throw error;
}
