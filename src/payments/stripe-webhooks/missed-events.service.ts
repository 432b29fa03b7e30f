import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TimerHandler } from '../../jobs/timer-handler.decorator.js';
import { VendorError } from '../../platform/errors/vendor-error.js';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { Clock } from '../../platform/time/clock.js';
import { StripeAccountsRepository } from '../accounts/stripe-accounts.repository.js';
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
/** Connected accounts that are asked in one turn; of more, each is asked less often than once a minute. */
const ACCOUNTS_A_TURN = 50;

/**
 * Fetches from Stripe's own list the events that no webhook brought, so that a dead endpoint or a wrong secret loses
 * nothing: sessions, refunds and disputes are booked two to four minutes late. One call a minute for the installation,
 * and one for each connected account.
 * How far the list was read is said by Stripe's clock, by the newest event there was: our own may be ahead, and is then
 * also why webhooks are refused.
 */
@Injectable()
export class MissedEventsService {
  private readonly logger = new Logger(MissedEventsService.name);

  constructor(
    private readonly stripe: StripeClient,
    private readonly cursor: StripeEventCursorRepository,
    private readonly accounts: StripeAccountsRepository,
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
    let missed = 0;
    if (since) missed += await this.read(null, since, now, (until) => this.cursor.advance(until));
    for (const account of await this.accounts.claim(now, EVERY_MS, ACCOUNTS_A_TURN)) {
      const { accountId } = account;
      missed += await this.read(accountId, account.since, now, (until) =>
        this.accounts.advance(account, until),
      ).catch((error: unknown) => {
        // One that is connected no more, or does not answer, keeps nobody else's events.
        if (!(error instanceof VendorError)) throw error;
        this.logger.warn(
          { err: error, accountId },
          'The events of a connected Stripe account cannot be listed',
        );
        return 0;
      });
    }
    return missed;
  }

  /** Keeps what is new in the list of one account; null: that of the key. */
  private async read(
    accountId: string | null,
    since: Date,
    now: Date,
    advance: (until: Date) => Promise<void>,
  ): Promise<number> {
    const until = after(now, -GRACE_MS);
    const readUntil = Math.min(since.getTime(), until.getTime());
    const from = new Date(Math.max(readUntil - OVERLAP_MS, now.getTime() - LISTED_MS));
    let missed = 0;
    let newestSeconds = 0;
    for await (const page of this.stripe.listEvents(accountId, { from, until }, HEARD_EVENTS)) {
      missed += await this.keepNew(page);
      newestSeconds = Math.max(newestSeconds, ...page.map(({ created }) => created));
    }
    await advance(new Date(newestSeconds * 1000));
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
