import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { Config } from '../../platform/config/config.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import type { Lead } from '../../proposals/lead.entity.js';
import { Clock } from '../../platform/time/clock.js';
import { depositOf } from '../../proposals/deposit.js';
import { ChargeQuestionService } from './charge-question.service.js';
import { type CheckoutOptions, checkoutRequestOf } from './checkout-request.js';
import type { CheckoutSession } from './checkout-session.entity.js';
import type { NewCheckoutSession } from './checkout-sessions.repository.js';
import { StripeClient } from './stripe.client.js';

const DEV_SESSION_MS = 24 * 3_600_000;

/** Knows what may be paid and how much: the amount comes from the approved proposal, never from the caller. */
@Injectable()
export class CheckoutDraftService {
  constructor(
    private readonly customers: CustomersRepository,
    private readonly question: ChargeQuestionService,
    private readonly settings: OrgSettingsService,
    private readonly stripe: StripeClient,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Throws where this installation can take no payment. */
  assertAvailable(): void {
    if (this.stripe.isConfigured || !this.config.production) return;
    throw new DomainError(
      'conflict',
      'stripe_not_configured',
      'This installation has no Stripe key, so nothing can be paid. Set STRIPE_SECRET_KEY.',
    );
  }

  /** What may be charged now. Throws a conflict that says why, where nothing may. */
  async amountOf(
    tx: EntityManager,
    proposal: Lead,
    unfinished: CheckoutSession | null,
    { totalCents }: CheckoutOptions,
  ): Promise<number> {
    const pending = unfinished?.status === 'pending';
    const answer = await this.question.ask(tx, proposal, { pending, totalCents, currencyCheck: 'with_rate' });
    if (!answer.owed) throw new DomainError('conflict', answer.code, answer.reason);
    return answer.amountCents;
  }

  /** The session to open for an approved proposal. In dev mode it is open with that, on a page of ours. */
  async draft(
    tx: EntityManager,
    proposal: Lead,
    amountCents: number,
    options: CheckoutOptions,
  ): Promise<NewCheckoutSession> {
    const { id: proposalId, orgId, customerId, currency } = proposal;
    const totalCents = proposal.amountCents || options.totalCents || 0;
    const settings = await this.settings.get(orgId, tx);
    const { percent: depositPercent } = depositOf(proposal, settings.depositPercent);
    const customer = customerId === null ? null : await this.customers.findInOrg(tx, orgId, customerId);
    const facts = { orgId, proposalId, amountCents, totalCents, depositPercent, currency };
    return {
      ...facts,
      customerId,
      idempotencyKey: `checkout-${randomUUID()}`,
      request: checkoutRequestOf({
        ...facts,
        proposalName: proposal.name,
        customerEmail: customer?.email ?? null,
        returnTo: options.returnTo ?? this.ownPages(),
      }),
      ...(this.stripe.isConfigured
        ? { devMode: false, stripeSessionId: null, url: null, expiresAt: null }
        : this.devSession()),
    };
  }

  private ownPages() {
    const pages = `${this.config.portalPublicUrl}/payment`;
    return {
      successUrl: `${pages}/done?session_id={CHECKOUT_SESSION_ID}`,
      cancelUrl: `${pages}/cancelled`,
    };
  }

  private devSession() {
    const stripeSessionId = `dev_${randomUUID().replaceAll('-', '')}`;
    return {
      devMode: true,
      stripeSessionId,
      url: `${this.config.portalPublicUrl}/dev-checkout/${stripeSessionId}`,
      expiresAt: new Date(this.clock.now().getTime() + DEV_SESSION_MS),
    };
  }
}
