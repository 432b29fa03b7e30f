import { createHash, randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../../audit/audit.service.js';
import { DueRows } from '../../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import type { JobRef, QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { DomainError, notFound, invalid } from '../../../platform/errors/domain-error.js';
import { VendorError } from '../../../platform/errors/vendor-error.js';
import { chargeStepCents } from '../../../platform/money/charge-amount.js';
import { Clock } from '../../../platform/time/clock.js';
import { moneyText } from '../../../messages/format.js';
import { ProposalsRepository } from '../../../proposals/rows/proposals.repository.js';
import { type LedgerEntry, LedgerRepository } from '../ledger.repository.js';
import type { Payment } from '../payment.entity.js';
import { PaymentsRepository } from '../payments.repository.js';
import { type ReturnedMoney, ReturnedMoneyService } from '../returned-money.service.js';
import { outsideKey } from './refund-identity.js';
import { RefundRecorderService } from './refund-recorder.service.js';
import type { Refund } from './refund.entity.js';
import { RefundsRepository } from './refunds.repository.js';
import { StripeRefundsService } from './stripe-refunds.service.js';
import { after } from '../../../platform/time/after.js';

/** A request whose answer is lost is repeated by its job after so long. */
const ASK_AGAIN_MS = 30_000;

/** What a person wants refunded, and who. */
export interface WantedRefund {
  /** All that can still be refunded where it is left out. */
  amountCents?: number;
  reason: string;
  userId: number;
  /** The customer has it already, in another way than by Stripe. */
  outsideStripe?: boolean;
  /** The client's own name for this refund: under the same it is the same one. */
  key?: string;
}

/**
 * Refunds payments because a person asked. Promise: the refund is a row with Stripe's idempotency key before Stripe
 * is asked, so that a lost answer is asked for again and never refunds twice; what comes of it goes the way of every
 * event.
 */
@Injectable()
export class RefundRequestService {
  private readonly logger = new Logger(RefundRequestService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly payments: PaymentsRepository,
    private readonly refunds: RefundsRepository,
    private readonly ledger: LedgerRepository,
    private readonly recorder: RefundRecorderService,
    private readonly returned: ReturnedMoneyService,
    private readonly stripe: StripeRefundsService,
    private readonly jobs: JobsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Refunds a payment, or a part of it; once under a key of the client's, however often it asks. Throws DomainError
   * where that cannot be, VendorError where Stripe refuses. Where Stripe's answer is lost the refund is `requested`,
   * and what becomes of it is found out by itself. What was given back outside of Stripe is written down, and Stripe is
   * not asked.
   */
  async refund(orgId: number, paymentId: number, wanted: WantedRefund): Promise<LedgerEntry> {
    if (wanted.outsideStripe) return this.note(orgId, paymentId, wanted);
    const refund = await this.dataSource.transaction((tx) => this.insert(tx, orgId, paymentId, wanted));
    try {
      await this.ask({ orgId, refundId: refund.id }, { isWaitedFor: true });
    } catch (error) {
      if (!(error instanceof VendorError) || !isUnclear(error)) throw error;
      this.logger.warn({ err: error, orgId, paymentId }, 'Stripe has not said what became of a refund');
    }
    const payment = await this.payments.find(this.dataSource.manager, orgId, paymentId);
    return this.ledger.entryOf(this.dataSource.manager, payment!);
  }

  /** Writes down what the customer has back, and has all that follows a refund follow it. */
  private async note(orgId: number, paymentId: number, wanted: WantedRefund): Promise<LedgerEntry> {
    const { manager } = this.dataSource;
    const payment = await this.payments.find(manager, orgId, paymentId);
    if (!payment) throw notFound('payment', paymentId);
    const { returned } = await this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, payment.proposalId);
      const { balance } = await this.ledger.entryOf(tx, payment);
      return this.returned.during(tx, payment, async () => {
        const refund = await this.insert(tx, orgId, paymentId, wanted);
        if (refund.state !== 'requested') return;
        await this.refunds.update(tx, refund, { state: 'succeeded' });
        const made = Object.assign(refund, { state: 'succeeded' });
        await this.recorder.follow(tx, proposal, payment, balance.refundedCents, made);
      });
    });
    this.returned.count(returned);
    return this.ledger.entryOf(manager, payment);
  }

  private async insert(
    tx: EntityManager,
    orgId: number,
    paymentId: number,
    { amountCents, reason, userId, key, outsideStripe = false }: WantedRefund,
  ): Promise<Refund> {
    const payment = await this.payments.find(tx, orgId, paymentId);
    if (!payment) throw notFound('payment', paymentId);
    if (!outsideStripe) this.stripe.assertAvailable(payment);
    await this.proposals.getForUpdate(tx, orgId, payment.proposalId);
    const requestKey = requestKeyOf(payment, key, outsideStripe);
    const made = await this.refunds.findByRequestKey(tx, orgId, requestKey);
    if (made) return sameRefund(made, amountCents);
    const otherwise =
      key && (await this.refunds.findByRequestKey(tx, orgId, requestKeyOf(payment, key, !outsideStripe)));
    if (otherwise) throw keyReused(otherwise);
    const entry = await this.ledger.entryOf(tx, payment);
    const cents = amountCents ?? entry.balance.refundableCents;
    assertRefundable(entry, cents);
    const now = this.clock.now();
    const refund = await this.refunds.insert(tx, payment, {
      amountCents: cents,
      state: 'requested',
      requestKey,
      reason,
      requestedBy: `user:${userId}`,
      madeAt: now,
    });
    await this.audit.record(tx, orgId, {
      action: 'payment.refund_requested',
      subject: `payment:${paymentId}`,
      proposalId: payment.proposalId,
      after: {
        refund_id: refund.id,
        amount_cents: cents,
        currency: payment.currency,
        reason,
        outside_stripe: outsideStripe,
      },
    });
    if (outsideStripe) return refund;
    const later = after(now, ASK_AGAIN_MS);
    await this.jobs.enqueue(tx, 'stripe.refund.request', { orgId, refundId: refund.id }, later);
    return refund;
  }

  /** Asks once more, as whoever wanted it was answered that it is followed up: what Stripe refuses, a person hears. */
  @JobHandler('stripe.refund.request')
  async askAgain(key: QueuePayloads['stripe.refund.request']): Promise<void> {
    await this.ask(key, { isWaitedFor: false });
  }

  /**
   * Asks Stripe under the stored key, as often as it takes. Throws VendorError where it is not known what came of it;
   * where Stripe refuses, to who waits for it.
   */
  private async ask(
    { orgId, refundId }: QueuePayloads['stripe.refund.request'],
    { isWaitedFor }: { isWaitedFor: boolean },
  ): Promise<void> {
    const { manager } = this.dataSource;
    const refund = await this.refunds.find(manager, orgId, refundId);
    if (refund?.state !== 'requested') return;
    const payment = await this.payments.find(manager, orgId, refund.paymentId);
    if (!payment) return;
    const isRepeated = !isWaitedFor || refund.attempts > 0;
    // Before it is asked: whatever becomes of this process, the next knows that it may have been made.
    await this.refunds.update(manager, refund, { attempts: refund.attempts + 1 });
    try {
      const update = await this.stripe.request(payment, refund, { isRepeated });
      let returned: ReturnedMoney | null = null;
      await this.finish(refund, async (tx, proposal) => {
        const note = () => this.recorder.note(tx, proposal, payment, update);
        ({ returned } = await this.returned.during(tx, payment, note));
      });
      if (returned) this.returned.count(returned);
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      if (isUnclear(error)) throw error;
      const refused = { state: 'failed', error: error.message } as const;
      await this.finish(refund, async (tx, proposal) => {
        await this.refunds.update(tx, refund, refused);
        if (isWaitedFor) return;
        await this.recorder.reportRefused(tx, proposal, payment, Object.assign(refund, refused));
      });
      if (isWaitedFor) throw error;
      this.logger.warn({ err: error, orgId, refundId }, 'Stripe refused a refund that was asked for before');
    }
  }

  private async finish(
    { orgId, proposalId, id }: Refund,
    effect: (
      tx: EntityManager,
      proposal: Awaited<ReturnType<ProposalsRepository['getForUpdate']>>,
    ) => Promise<unknown>,
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, proposalId);
      const refund = await this.refunds.find(tx, orgId, id);
      if (refund?.state === 'requested') await effect(tx, proposal);
    });
  }

  @DueRows('refunds')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const rows = await this.refunds.listUnanswered(tx, limit);
    return rows.map((payload) => ({ name: 'stripe.refund.request' as const, payload }));
  }
}

/** Stripe's idempotency key, or what stands for it outside of Stripe: of a client's key the same for one payment. */
function requestKeyOf(
  { orgId, id }: Pick<Payment, 'orgId' | 'id'>,
  key: string | undefined,
  isOutside: boolean,
): string {
  const own =
    key === undefined
      ? randomUUID()
      : createHash('sha256')
          .update(JSON.stringify([orgId, id, key]))
          .digest('hex');
  return isOutside ? outsideKey(own) : `refund-${own}`;
}

/** The refund that was asked for under this key before. Throws where it is not what is asked for now, or failed. */
function sameRefund(refund: Refund, amountCents: number | undefined): Refund {
  const { amountCents: before, state, error } = refund;
  if (amountCents !== undefined && amountCents !== before) throw keyReused(refund);
  if (state !== 'failed' && state !== 'cancelled') return refund;
  throw new DomainError(
    'conflict',
    'refund_failed',
    `The refund under this Idempotency-Key failed${error === null ? '' : `: ${error}`}. ` +
      'Send another key to refund again.',
  );
}

/** It was of another amount, or by Stripe and not outside of it, or the other way round. */
function keyReused({ amountCents, currency, paymentId }: Refund): DomainError {
  return new DomainError(
    'conflict',
    'idempotency_key_reused',
    `Under this Idempotency-Key ${moneyText(amountCents, currency)} of payment ${paymentId} were refunded. ` +
      'Send another key for another refund.',
  );
}

function assertRefundable({ payment, refunds, balance }: LedgerEntry, cents: number): void {
  const { id, currency } = payment;
  if (refunds.some(({ state }) => state === 'requested')) {
    throw new DomainError(
      'conflict',
      'refund_under_way',
      `A refund of payment ${id} is under way. Look again in a minute.`,
    );
  }
  if (balance.refundableCents === 0 || cents > balance.refundableCents) {
    const disputed =
      balance.state === 'disputed' ? ' A part that is disputed goes back by the dispute alone.' : '';
    throw new DomainError(
      'conflict',
      'refund_exceeds_payment',
      `Of payment ${id} ${moneyText(balance.refundableCents, currency)} can be refunded.${disputed}`,
    );
  }
  const step = chargeStepCents(currency);
  if (cents % step !== 0) {
    throw invalid([
      { field: 'amount_cents', message: `amount_cents must be a multiple of ${step} in ${currency}` },
    ]);
  }
}

/** A failure on Stripe's side may have come after the refund was made. */
function isUnclear({ facts }: VendorError): boolean {
  return facts.uncertain || facts.retryable;
}
