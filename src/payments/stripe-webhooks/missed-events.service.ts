import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TimerHandler } from '../../jobs/timer-handler.decorator.js';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { Clock } from '../../platform/time/clock.js';
import { StripeClient } from '../checkout/stripe.client.js';
import { StripeEventCursorRepository } from './stripe-event-cursor.repository.js';
import { StripeEventsRepository } from './stripe-events.repository.js';
import { HEARD_EVENTS } from './stripe-fact.js';
import { StripeWebhookStoreService } from './stripe-webhook-store.service.js';
import { after, DAY_MS } from '../../platform/time/after.js';

const EVERY_MS = 50_000;
/** A webhook may take so long before it counts as missed. */
const GRACE_MS = 120_000;
/** Read again each time: Stripe's list and our clock may differ. */
const OVERLAP_MS = 300_000;
/** Stripe lists events of the last 30 days. */
const LISTED_MS = 30 * DAY_MS;

/**
 * Fetches from Stripe's own list the events that no webhook brought, so that a dead endpoint or a wrong secret loses
 * nothing: sessions, refunds and disputes are booked two to four minutes late. One call a minute for the installation.
 * How far the list was read is said by Stripe's clock, by the newest event there was: our own may be ahead, and is then
 * also why webhooks are refused.
 */
@Injectable()
export class MissedEventsService {
  constructor(
    private readonly stripe: StripeClient,
    private readonly cursor: StripeEventCursorRepository,
    private readonly events: StripeEventsRepository,
    private readonly store: StripeWebhookStoreService,
    private readonly dataSource: DataSource,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  /** Answers how many events were missed; 0 in dev mode and where another process asked within the minute. */
  @TimerHandler('fetch-missed-events')
  async fetch(): Promise<number> {
    if (!this.stripe.isConfigured) return 0;
    const now = this.clock.now();
    const since = await this.cursor.claim(now, EVERY_MS);
    if (!since) return 0;
    const until = after(now, -GRACE_MS);
    const readUntil = Math.min(since.getTime(), until.getTime());
    const from = new Date(Math.max(readUntil - OVERLAP_MS, now.getTime() - LISTED_MS));
    let missed = 0;
    let newestSeconds = 0;
    for await (const page of this.stripe.listEvents(from, until, HEARD_EVENTS)) {
      missed += await this.keepNew(page);
      newestSeconds = Math.max(newestSeconds, ...page.map(({ created }) => created));
    }
    await this.cursor.advance(new Date(newestSeconds * 1000));
    return missed;
  }

  private async keepNew(page: readonly { id: string }[]): Promise<number> {
    const ids = page.map(({ id }) => id);
    const known = await this.events.listKnown(this.dataSource.manager, ids);
    const missed = page.filter(({ id }) => !known.has(id));
    for (const event of missed.toReversed()) {
      await this.store.keep(Buffer.from(JSON.stringify(event)), { ok: true, json: event });
      this.metrics.count('crm_stripe_webhook_events_total', { result: 'missed' });
    }
    return missed.length;
  }
}
