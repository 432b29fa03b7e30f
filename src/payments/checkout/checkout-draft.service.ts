import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type OrgSettings, OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { Config } from '../../platform/config/config.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { Clock } from '../../platform/time/clock.js';
import { depositOf } from '../../proposals/deposit.js';
import type { NamedKey } from '../../invoices/invoice-key.js';
import type { ChargedInvoice } from './charges/charge-question.js';
import { ChargeQuestionService } from './charges/charge-question.service.js';
import { type CheckoutOptions, checkoutRequestOf } from './checkout-request.js';
import type { NewCheckoutSession } from './sessions/checkout-sessions.repository.js';
import { StripeClient } from './stripe.client.js';
import { after, DAY_MS } from '../../platform/time/after.js';

/** What the customer of a proposal is asked to pay. */
export interface AskedCharge {
  key: NamedKey;
  invoice: ChargedInvoice | null;
  amountCents: number;
  /** By which that was found. */
  settings: OrgSettings;
}

const DEV_SESSION_MS = DAY_MS;

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

  /** What is asked for now. Throws a conflict that says why, where nothing is owed. */
  async askedOf(tx: EntityManager, proposal: Lead, { totalCents }: CheckoutOptions): Promise<AskedCharge> {
    const settings = await this.settings.get(proposal.orgId, tx);
    const options = { totalCents, currencyCheck: 'with_rate', settings } as const;
    const { key, invoice, answer } = await this.question.due(tx, proposal, options);
    if (!answer.owed) throw new DomainError('conflict', answer.code, answer.reason);
    return { key, invoice, amountCents: answer.amountCents, settings };
  }

  /** The session to open for an approved proposal. In dev mode it is open with that, on a page of ours. */
  async draft(
    tx: EntityManager,
    proposal: Lead,
    { key, invoice, amountCents, settings }: AskedCharge,
    options: CheckoutOptions,
  ): Promise<NewCheckoutSession> {
    const { id: proposalId, orgId, customerId, currency } = proposal;
    const totalCents = proposal.amountCents || options.totalCents || 0;
    const { percent: depositPercent } = depositOf(proposal, settings.depositPercent);
    const customer = customerId === null ? null : await this.customers.findInOrg(tx, orgId, customerId);
    const facts = { orgId, proposalId, amountCents, totalCents, depositPercent, currency };
    return {
      ...facts,
      customerId,
      invoiceKind: key.kind,
      invoiceSequence: key.sequence,
      idempotencyKey: `checkout-${randomUUID()}`,
      request: checkoutRequestOf({
        ...facts,
        key,
        invoice: invoice?.isMade ? invoice : null,
        proposalName: proposal.name,
        customerEmail: customer?.email ?? null,
        returnTo: options.returnTo ?? this.ownPages(),
      }),
      stripeAccountId: this.stripe.isConfigured ? settings.stripeAccountId : null,
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
      expiresAt: after(this.clock.now(), DEV_SESSION_MS),
    };
  }
}
