import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { ActivityRepository } from '../../proposals/activity/activity.repository.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { beyondOwed, type ChargeAnswer } from '../checkout/charges/charge-question.js';
import { ChargeQuestionService } from '../checkout/charges/charge-question.service.js';
import { SessionEndService } from '../checkout/session-end.service.js';
import type { CheckoutSession } from '../checkout/sessions/checkout-session.entity.js';
import { CheckoutSessionsRepository } from '../checkout/sessions/checkout-sessions.repository.js';
import { PaymentInboxService } from './payment-inbox.service.js';
import type { Payment } from './payment.entity.js';
import { type PaidFacts, PaymentsRepository } from './payments.repository.js';

/**
 * Books what a customer paid. Promise: the payment, the proposal's sum, the activity and the jobs that bring it
 * into the books are there at once, and once, or not at all.
 */
@Injectable()
export class PaymentRecorderService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly activities: ActivityRepository,
    private readonly question: ChargeQuestionService,
    private readonly sessionEnds: SessionEndService,
    private readonly paymentInbox: PaymentInboxService,
    private readonly jobs: JobsService,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * Part of the caller's transaction, which holds the proposal's lock; the caller calls `count` once it is committed.
   * Null where the payment is booked already.
   */
  async book(
    tx: EntityManager,
    proposal: Lead,
    session: CheckoutSession,
    paid: PaidFacts,
  ): Promise<Payment | null> {
    const { totalCents, invoiceKind: kind, invoiceSequence: sequence } = session;
    const options = { totalCents, currencyCheck: 'none' } as const;
    const answer = await this.question.ask(tx, proposal, { kind, sequence }, options);
    const payment = await this.payments.insertOnce(tx, session, paid);
    if (!payment) return null;
    await this.sessions.setStatus(tx, session, 'paid');
    await this.payments.recountDeposit(tx, proposal);
    // By a page that was ended already, where another one is open.
    await this.sessionEnds.review(tx, proposal.orgId, [proposal.id]);
    await this.reportSurplus(tx, { proposal, session, payment, answer });
    await this.log(tx, payment, session);
    await this.sendToBooks(tx, payment);
    return payment;
  }

  /** A session ends, or waits for a bank, without money. */
  async mark(
    tx: EntityManager,
    session: CheckoutSession,
    status: 'pending' | 'failed' | 'expired',
  ): Promise<void> {
    await this.sessions.setStatus(tx, session, status, status === 'failed' ? 'payment_failed' : null);
    const { orgId, customerId, proposalId, amountCents, currency, stripeSessionId } = session;
    if (status === 'pending') return this.sessionEnds.review(tx, orgId, [proposalId]);
    await this.activities.log(tx, {
      orgId,
      customerId,
      proposalId,
      event: status === 'failed' ? 'payment_failed' : 'checkout_expired',
      meta: { session_id: stripeSessionId, amount_cents: amountCents, currency },
      occurrence: `${stripeSessionId}`,
    });
  }

  /** Counts a payment whose booking was committed. */
  count({ orgId, amountCents, currency }: Payment): void {
    this.metrics.count('crm_portal_payments_total', { org_id: orgId });
    this.metrics.count('crm_portal_payment_amount_cents_sum', { org_id: orgId, currency }, amountCents);
  }

  private async log(tx: EntityManager, payment: Payment, session: CheckoutSession): Promise<void> {
    const { id, orgId, customerId, proposalId, amountCents, currency } = payment;
    const about = { orgId, customerId, proposalId, occurrence: `${id}` };
    await this.activities.log(tx, {
      ...about,
      event: 'payment_success',
      meta: {
        payment_id: id,
        amount_cents: amountCents,
        currency,
        kind: payment.invoiceKind,
        sequence: payment.invoiceSequence,
        stripe_payment_intent_id: payment.stripePaymentIntentId,
      },
    });
    if (amountCents === session.amountCents && currency === session.currency) return;
    await this.activities.log(tx, {
      ...about,
      event: 'payment_amount_differs',
      meta: {
        payment_id: id,
        asked_cents: session.amountCents,
        asked_currency: session.currency,
        paid_cents: amountCents,
        paid_currency: currency,
      },
    });
  }

  /** What was not owed when it came is before a person, whatever the settings. */
  private async reportSurplus(
    tx: EntityManager,
    facts: {
      proposal: Lead;
      session: CheckoutSession;
      payment: Payment;
      answer: ChargeAnswer;
    },
  ): Promise<void> {
    const { proposal, session, payment, answer } = facts;
    if (proposal.status !== 'approved') {
      return this.paymentInbox.reportUnapproved(tx, proposal, payment);
    }
    const beyond = beyondOwed(payment, session, answer);
    if (beyond) await this.paymentInbox.reportNotOwed(tx, payment, beyond);
  }

  private async sendToBooks(tx: EntityManager, payment: Payment): Promise<void> {
    const { orgId, proposalId, id: paymentId } = payment;
    await this.jobs.enqueue(tx, 'qbo.invoice.create', { orgId, proposalId });
    await this.jobs.enqueue(tx, 'qbo.payment.record', { orgId, proposalId, paymentId });
  }
}
