import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { retryOnConflict } from '../../platform/database/failures/retry.js';
import { causedBy } from '../../platform/correlation/correlation.js';
import { type Backoff, nextAttempt } from '../../jobs/backoff.js';
import { DueRows } from '../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { JobRef, QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { Clock } from '../../platform/time/clock.js';
import { StripeClient } from '../checkout/stripe.client.js';
import { StripeEventContextService } from './stripe-event-context.service.js';
import { type CountedEffect, StripeEventEffectService } from './stripe-event-effect.service.js';
import { StripeEventFailureReporterService } from './stripe-event-failure-reporter.service.js';
import { idsIn } from './stripe-event-ids.js';
import { StripeEventsRepository } from './stripe-events.repository.js';
import { factOf, UnreadableEvent } from './stripe-fact.js';

/** With the pauses between them, some ten to twenty minutes. */
const ATTEMPTS_MAX = 10;
const BACKOFF: Backoff = { firstMs: 1_000, maxMs: 300_000, jitter: 0.5 };

/** Its secret may still be among those that events are signed with, and pages of before may still be open. */
const TEST_MODE = "It is of Stripe's test mode, in which no money moves, and the key is a live one.";

/**
 * Does what stored Stripe events ask for. Promise: each event has its effect once, in one transaction with the note
 * that it had, whoever is asked to process it and how often; one that cannot be processed is left to a person with
 * the reason.
 */
@Injectable()
export class StripeEventProcessorService {
  private readonly logger = new Logger(StripeEventProcessorService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: StripeEventsRepository,
    private readonly context: StripeEventContextService,
    private readonly effects: StripeEventEffectService,
    private readonly failures: StripeEventFailureReporterService,
    private readonly stripe: StripeClient,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  @DueRows('stripe_events')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.events.listDue(tx, limit);
    return due.map((eventId) => ({ name: 'stripe.event.process', payload: { eventId } }));
  }

  @JobHandler('stripe.event.process')
  async processDue({ eventId }: QueuePayloads['stripe.event.process']): Promise<void> {
    if (await this.events.isDue(this.dataSource.manager, eventId)) await this.process(eventId);
  }

  /** Processes a pending event; any other is done with already. Throws where it is to be tried again. */
  async process(eventId: string): Promise<void> {
    await this.attempt(eventId, ATTEMPTS_MAX);
  }

  /** The same with a single attempt: where it fails, it is left to a person again. */
  async processOnce(eventId: string): Promise<void> {
    await this.attempt(eventId, 1);
  }

  private async attempt(eventId: string, attemptsMax: number): Promise<void> {
    try {
      const counted = await retryOnConflict(() =>
        this.dataSource.transaction((tx) => this.processIn(tx, eventId)),
      );
      this.effects.count(counted);
    } catch (error) {
      await this.noteFailure(eventId, error, attemptsMax);
    }
  }

  /** Answers what is to be counted: the payment that was booked, or what went back of one. */
  private async processIn(tx: EntityManager, eventId: string): Promise<CountedEffect | null> {
    const event = await this.events.findForUpdate(tx, eventId);
    if (event?.state !== 'pending') return null;
    const ids = idsIn(event.body);
    causedBy({
      stripeEventId: eventId,
      stripeObjectId: ids.sessionId ?? ids.paymentIntentId ?? ids.chargeId ?? undefined,
    });
    if (this.stripe.mode === 'live' && isOfTestMode(event.body)) {
      await this.events.close(tx, eventId, 'ignored', { error: TEST_MODE });
      return null;
    }
    const fact = factOf(event.body, event.receivedAt);
    if (event.attempts > 0) await this.failures.settle(tx, event);
    const intentId = fact.kind === 'none' ? null : fact.paymentIntentId;
    if (intentId !== null) await this.events.lockPaymentIntent(tx, intentId);
    const subject = await this.context.find(tx, fact);
    const counted = await this.effects.apply(tx, event, fact, subject);
    if (subject) await this.events.forgetErased(tx, eventId, subject.proposal);
    return counted;
  }

  /** What cannot be read never will be; anything else is tried again after a pause that grows, up to a limit. */
  private async noteFailure(eventId: string, error: unknown, attemptsMax: number): Promise<void> {
    const message = error instanceof Error ? error.message : 'unknown';
    const unreadable = error instanceof UnreadableEvent;
    const left = await this.dataSource.transaction(async (tx) => {
      const event = await this.events.findForUpdate(tx, eventId);
      if (event?.state !== 'pending') return null;
      const backoff = { ...BACKOFF, attemptsMax: unreadable ? 1 : attemptsMax };
      const next = nextAttempt(backoff, { failed: event.attempts + 1 }, this.clock.now(), Math.random());
      await this.events.noteFailure(tx, eventId, message, next);
      if (next) {
        await this.jobs.enqueue(tx, 'stripe.event.process', { eventId }, next);
        return 'pending';
      }
      const why = unreadable ? message : 'Something failed here, not at Stripe; the log tells what.';
      await this.failures.report(tx, event, why, { again: true });
      return 'failed';
    });
    if (left === 'pending') throw error;
    if (left === null) return;
    this.logger.error({ err: error, eventId }, 'A Stripe event cannot be processed and needs a person');
  }
}

function isOfTestMode(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'livemode' in body && body.livemode === false;
}
