import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { PageElsewhereService } from '../checkout/sessions/page-elsewhere.service.js';
import { DisputeRecorderService } from '../ledger/disputes/dispute-recorder.service.js';
import { PaymentRecorderService } from '../ledger/payment-recorder.service.js';
import type { Payment } from '../ledger/payment.entity.js';
import { PaymentsRepository } from '../ledger/payments.repository.js';
import { RefundRecorderService } from '../ledger/refunds/refund-recorder.service.js';
import { type ReturnedMoney, ReturnedMoneyService } from '../ledger/returned-money.service.js';
import { LostPageReporterService } from './lost-page-reporter.service.js';
import type { StripeEventContext } from './stripe-event-context.service.js';
import { type StripeEventDecision, decide } from './stripe-event-decision.js';
import type { StripeEvent } from './stripe-event.entity.js';
import { StripeEventsRepository } from './stripe-events.repository.js';
import type { StripeFact } from './stripe-fact.js';

/** What is counted once it is committed. */
export interface CountedEffect {
  booked?: Payment | null;
  returned?: ReturnedMoney;
}

/** What follows from a Stripe event, in the transaction that notes that it was done. */
@Injectable()
export class StripeEventEffectService {
  constructor(
    private readonly events: StripeEventsRepository,
    private readonly recorder: PaymentRecorderService,
    private readonly payments: PaymentsRepository,
    private readonly refunds: RefundRecorderService,
    private readonly disputes: DisputeRecorderService,
    private readonly returned: ReturnedMoneyService,
    private readonly lostPages: LostPageReporterService,
    private readonly pagesElsewhere: PageElsewhereService,
    private readonly jobs: JobsService,
  ) {}

  /** Does what follows from an event, and notes that it was done. Answers what is to be counted; null for nothing. */
  async apply(
    tx: EntityManager,
    { eventId, body }: StripeEvent,
    fact: StripeFact,
    subject: StripeEventContext | null,
  ): Promise<CountedEffect | null> {
    if (fact.kind === 'session' && subject)
      await this.pagesElsewhere.heardOf(tx, subject.session, fact.outcome);
    const decision = decide(fact, subject && { session: subject.session, booked: subject.payment !== null });
    if (decision.act === 'ignore' || decision.act === 'keep') {
      const paymentIntentId = decision.act === 'keep' && fact.kind !== 'none' ? fact.paymentIntentId : null;
      await this.events.close(tx, eventId, 'ignored', { error: decision.reason, paymentIntentId });
      if (subject === null && fact.kind === 'session') await this.lostPages.report(tx, body, fact);
      return null;
    }
    await this.events.close(tx, eventId, 'processed');
    if (decision.act === 'book') {
      await this.takeUpEarly(tx, decision.paid.paymentIntentId);
      return inOrganisation(subject!.proposal.orgId, async () => ({
        booked: await this.recorder.book(tx, subject!.proposal, subject!.session, decision.paid),
      }));
    }
    const change = await inOrganisation(subject!.proposal.orgId, async () => {
      const work = (): Promise<string | null> => this.applyFact(tx, decision, subject!);
      const { payment } = subject!;
      return payment
        ? this.returned.during(tx, payment, work)
        : { result: await work(), returned: undefined };
    });
    if (change.result !== null) await this.events.close(tx, eventId, 'ignored', { error: change.result });
    return { returned: change.returned };
  }

  /** Call it once the transaction is committed. */
  count(effect: CountedEffect | null): void {
    if (effect?.booked) this.recorder.count(effect.booked);
    if (effect?.returned) this.returned.count(effect.returned);
  }

  /** Answers why nothing changed; null where something did. */
  private async applyFact(
    tx: EntityManager,
    decision: Exclude<StripeEventDecision, { act: 'ignore' | 'keep' | 'book' }>,
    { proposal, session, payment }: StripeEventContext,
  ): Promise<string | null> {
    if (decision.act === 'mark') {
      await this.recorder.mark(tx, session, decision.status);
      return null;
    }
    await this.payments.keepChargeId(tx, payment!, decision.fact.chargeId);
    switch (decision.act) {
      case 'refund':
        return this.refunds.note(tx, proposal, payment!, decision.fact);
      case 'charge_refund':
        return this.refunds.noteSum(tx, proposal, payment!, decision.fact);
      case 'dispute':
        return this.disputes.note(tx, proposal, payment!, decision.fact);
      default:
        return decision satisfies never;
    }
  }

  /** Refunds and disputes that came before the payment they are about have their turn now. */
  private async takeUpEarly(tx: EntityManager, paymentIntentId: string | null): Promise<void> {
    if (paymentIntentId === null) return;
    for (const eventId of await this.events.reopenEarly(tx, paymentIntentId)) {
      await this.jobs.enqueue(tx, 'stripe.event.process', { eventId });
    }
  }
}
