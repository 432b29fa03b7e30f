import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { VendorError } from '../../platform/errors/vendor-error.js';
import { CurrenciesService } from '../../currencies/currencies.service.js';
import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { ActivityRepository } from '../../proposals/activity/activity.repository.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { Clock } from '../../platform/time/clock.js';
import type { CheckoutOptions } from './checkout-request.js';
import { CheckoutDraftService } from './checkout-draft.service.js';
import type { CheckoutSession } from './sessions/checkout-session.entity.js';
import { SessionEndService } from './session-end.service.js';
import { asksFor, isInAccountOf } from './sessions/session-terms.js';
import { CheckoutSessionsRepository, type OpenedAtStripe } from './sessions/checkout-sessions.repository.js';
import { PageElsewhereService } from './sessions/page-elsewhere.service.js';
import { isUsable } from './checkout-status.js';
import { StripeClient } from './stripe.client.js';

/** An open page on which a customer can pay. */
export interface OpenCheckout {
  sessionId: string;
  checkoutUrl: string;
  amountCents: number;
  totalCents: number;
  /** What is asked for. */
  kind: InvoiceKind;
  /** The invoice of ours it is for; null where none is wanted yet. */
  invoiceId: number | null;
  /** ISO 4217, upper case. */
  currency: string;
  devMode: boolean;
}

/**
 * Opens the page on which a customer pays what is due of an approved proposal. Promise: one open page per proposal,
 * whoever asks and however often; a lost answer opens no second one.
 */
@Injectable()
export class CheckoutService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly activities: ActivityRepository,
    private readonly drafts: CheckoutDraftService,
    private readonly sessionEnds: SessionEndService,
    private readonly elsewhere: PageElsewhereService,
    private readonly stripe: StripeClient,
    private readonly currencies: CurrenciesService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * The open page, or a new one. Throws DomainError where there is no such proposal, it is not approved, or it is paid;
   * VendorError where Stripe does not answer or refuses.
   */
  async open(orgId: number, proposalId: number, options: CheckoutOptions = {}): Promise<OpenCheckout> {
    this.drafts.assertAvailable();
    await this.askCurrency(orgId, proposalId);
    const session = await this.begin(orgId, proposalId, options);
    const open = session.url === null ? await this.ask(session) : await this.known(session, options);
    const { invoiceKind, invoiceSequence } = open;
    const tx = this.dataSource.manager;
    const invoice = await this.invoices.findNewest(tx, orgId, proposalId, invoiceKind, invoiceSequence);
    return { ...openCheckoutOf(open), invoiceId: invoice?.id ?? null };
  }

  /** Of a bank that is about to pay in another account nothing need be heard any more: a person is asked then. */
  private async begin(orgId: number, proposalId: number, options: CheckoutOptions): Promise<CheckoutSession> {
    try {
      return await this.dataSource.transaction((tx) => this.findOrInsert(tx, orgId, proposalId, options));
    } catch (error) {
      const isWaiting = error instanceof DomainError && error.code === 'payment_pending';
      if (isWaiting) await this.elsewhere.reportPaying(orgId, proposalId, { isRefused: true });
      throw error;
    }
  }

  /**
   * A page that is open, or a new one where Stripe does not know it: it was opened in another account than the key's,
   * whose customer it would pay. Where Stripe does not answer, nobody pays on it either.
   */
  private async known(session: CheckoutSession, options: CheckoutOptions): Promise<CheckoutSession> {
    const { orgId, proposalId, id, devMode, stripeSessionId, stripeAccountId } = session;
    if (devMode || stripeSessionId === null) return session;
    if (await this.elsewhere.isKnown({ stripeSessionId, stripeAccountId })) return session;
    const next = await this.dataSource.transaction(async (tx) => {
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      const still = await this.sessions.getForUpdate(tx, orgId, id);
      if (still.status === 'open') await this.sessionEnds.end(tx, still, 'other_account');
      return this.findOrInsert(tx, orgId, proposalId, options);
    });
    return next.url === null ? this.ask(next) : next;
  }

  /** Has the currency judged by what QuickBooks says now, before anything is charged in it. */
  private async askCurrency(orgId: number, proposalId: number): Promise<void> {
    const proposal = await this.proposals.findInOrg(this.dataSource.manager, orgId, proposalId);
    if (proposal?.status === 'approved') await this.currencies.refresh(orgId, proposal.currency);
  }

  private async findOrInsert(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    options: CheckoutOptions,
  ): Promise<CheckoutSession> {
    const proposal = await this.proposals.getForUpdate(tx, orgId, proposalId);
    const asked = await this.drafts.askedOf(tx, proposal, options);
    const open = await this.sessions.findOpen(tx, orgId, proposalId);
    if (open) {
      const sameMode = open.devMode !== this.stripe.isConfigured && this.isOfOurKey(open);
      const isWanted = asksFor(open, asked) && isInAccountOf(asked.settings, open);
      if (sameMode && isWanted && isUsable(open, this.clock.now())) return open;
      await this.sessionEnds.end(tx, open);
    }
    const draft = await this.drafts.draft(tx, proposal, asked, options);
    const session = await this.sessions.insert(tx, draft);
    await this.audit.record(tx, orgId, {
      action: 'checkout.requested',
      subject: `checkout:${session.id}`,
      proposalId,
      after: {
        amount_cents: session.amountCents,
        currency: session.currency,
        kind: session.invoiceKind,
        sequence: session.invoiceSequence,
      },
    });
    if (session.stripeSessionId !== null) await this.log(tx, session, session.stripeSessionId);
    return session;
  }

  /** Not of one that was opened under a test key, once the key is a live one: on its page nobody can pay. */
  private isOfOurKey({ stripeSessionId }: CheckoutSession): boolean {
    return stripeSessionId === null || this.stripe.knows(stripeSessionId);
  }

  /** Asks Stripe for a session that is written down, outside of any transaction, under the key written down with it. */
  private async ask({ id, orgId, proposalId, request, idempotencyKey, stripeAccountId }: CheckoutSession) {
    const asked = this.stripe.openSession(request, idempotencyKey, stripeAccountId);
    const opened = await asked.catch(async (error: unknown) => {
      if (!(error instanceof VendorError) || error.facts.uncertain) throw error;
      await this.change(orgId, proposalId, id, (tx, session) =>
        this.sessions.setStatus(tx, session, 'failed', error.facts.code),
      );
      throw error;
    });
    const session = await this.change(orgId, proposalId, id, async (tx, open) => {
      // The organisation may have been given another account meanwhile.
      if (!(await this.sessionEnds.isInAccountOfNow(tx, open)))
        return this.sessions.setStatus(tx, open, 'expired', 'other_account');
      await this.sessions.setOpened(tx, open, opened);
      await this.log(tx, open, opened.stripeSessionId);
    });
    if (session.status === 'open') return session;
    await this.endUnwanted(session, opened);
    throw new DomainError('conflict', 'checkout_ended', 'What is owed has changed meanwhile. Ask again.');
  }

  /** The session was ended here while Stripe opened it: nobody has its address, and Stripe ends it too. */
  private async endUnwanted({ orgId, id }: CheckoutSession, opened: OpenedAtStripe): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const session = await this.sessions.getForUpdate(tx, orgId, id);
      if (session.stripeSessionId === null) await this.sessions.setOpened(tx, session, opened);
      await this.sessionEnds.enqueue(tx, await this.sessions.getForUpdate(tx, orgId, id));
    });
  }

  /** Changes an open session that has no answer yet, once, and answers it as it is then. */
  private async change(
    orgId: number,
    proposalId: number,
    id: number,
    effect: (tx: EntityManager, session: CheckoutSession) => Promise<void>,
  ): Promise<CheckoutSession> {
    return this.dataSource.transaction(async (tx) => {
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      const session = await this.sessions.getForUpdate(tx, orgId, id);
      if (session.url !== null || session.status !== 'open') return session;
      await effect(tx, session);
      return this.sessions.getForUpdate(tx, orgId, id);
    });
  }

  private async log(tx: EntityManager, session: CheckoutSession, sessionId: string): Promise<void> {
    await this.activities.log(tx, {
      orgId: session.orgId,
      customerId: session.customerId,
      proposalId: session.proposalId,
      event: 'checkout_created',
      meta: {
        session_id: sessionId,
        amount_cents: session.amountCents,
        total_amount_cents: session.totalCents,
        currency: session.currency,
        kind: session.invoiceKind,
        sequence: session.invoiceSequence,
        dev_mode: session.devMode,
      },
      occurrence: session.idempotencyKey,
    });
  }
}

function openCheckoutOf(session: CheckoutSession): Omit<OpenCheckout, 'invoiceId'> {
  return {
    sessionId: session.stripeSessionId!,
    checkoutUrl: session.url!,
    amountCents: session.amountCents,
    totalCents: session.totalCents,
    kind: session.invoiceKind,
    currency: session.currency,
    devMode: session.devMode,
  };
}
