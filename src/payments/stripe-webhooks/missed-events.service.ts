import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TimerHandler } from '../../jobs/handlers/timer-handler.decorator.js';
import { VendorError } from '../../platform/errors/vendor-error.js';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { Clock } from '../../platform/time/clock.js';
import { StripeAccountsRepository } from '../accounts/stripe-accounts.repository.js';
import { EVENTS_LISTED_MS, StripeClient } from '../checkout/stripe.client.js';
import { receivedEventOf } from './received-event.js';
import { StripeEventCursorRepository } from './stripe-event-cursor.repository.js';
import { StripeEventsRepository } from './stripe-events.repository.js';
import { HEARD_EVENTS } from './stripe-fact.js';
import { StripeWebhookStoreService } from './stripe-webhook-store.service.js';
import { after } from '../../platform/time/after.js';

const EVERY_MS = 50_000;
/** A webhook may take so long before it counts as missed. */
const GRACE_MS = 120_000;
/** Read again each time: Stripe's list and our clock may differ. */
const OVERLAP_MS = 300_000;
/** Connected accounts that are asked in one turn; of more, each is asked less often than once a minute. */
const ACCOUNTS_A_TURN = 50;

/** One list of events at Stripe: that of a connected account, or null, that of the key's. */
interface EventList {
  accountId: string | null;
  /** Up to when it was read. */
  since: Date;
  advance: (until: Date) => Promise<void>;
}

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

  /**
   * Answers how many events were missed; 0 in dev mode and where another process asked within the minute. Throws what
   * kept one of them from being kept, after the others were.
   */
  @TimerHandler('fetch-missed-events')
  async fetch(): Promise<number> {
    if (!this.stripe.isConfigured) return 0;
    const now = this.clock.now();
    let missed = 0;
    let failure: unknown = null;
    for (const list of await this.dueLists(now)) {
      try {
        missed += await this.read(list, now);
      } catch (error) {
        if (!isOfOneAccount(list, error)) failure ??= error;
        else
          this.logger.warn(
            { err: error, accountId: list.accountId },
            'A Stripe account does not list its events',
          );
      }
    }
    if (failure !== null) throw failure;
    return missed;
  }

  /** The lists that nobody has asked for within the minute: that of the key's account first. */
  private async dueLists(now: Date): Promise<EventList[]> {
    const since = await this.cursor.claim(now, EVERY_MS);
    const ofKey = { accountId: null, advance: (until: Date) => this.cursor.advance(until) };
    const accounts = await this.accounts.claim(now, EVERY_MS, ACCOUNTS_A_TURN);
    return [
      ...(since ? [{ ...ofKey, since }] : []),
      ...accounts.map((account) => ({
        ...account,
        advance: (until: Date) => this.accounts.advance(account, until),
      })),
    ];
  }

  private async read({ accountId, since, advance }: EventList, now: Date): Promise<number> {
    const until = after(now, -GRACE_MS);
    const readUntil = Math.min(since.getTime(), until.getTime());
    const from = new Date(Math.max(readUntil - OVERLAP_MS, now.getTime() - EVENTS_LISTED_MS));
    let missed = 0;
    let newestSeconds = 0;
    let failure: unknown = null;
    for await (const page of this.stripe.listEvents(accountId, { from, until }, HEARD_EVENTS)) {
      const kept = await this.keepNew(
        accountId === null ? page : page.map((event) => inAccount(event, accountId)),
      );
      missed += kept.missed;
      failure ??= kept.failure;
      newestSeconds = Math.max(newestSeconds, ...page.map((event) => secondsIn(event, until)));
    }
    // What could not be kept is read again, and has kept no other from it.
    if (failure !== null) throw failure;
    await advance(new Date(newestSeconds * 1000));
    return missed;
  }

  private async keepNew(page: readonly unknown[]): Promise<{ missed: number; failure: unknown }> {
    const listed = page.map((event) => {
      const [raw, read] = [Buffer.from(JSON.stringify(event)), { ok: true as const, json: event }];
      return { raw, read, eventId: receivedEventOf(raw, read).eventId };
    });
    const ids = listed.map(({ eventId }) => eventId);
    const known = await this.events.listKnown(this.dataSource.manager, ids);
    let failure: unknown = null;
    let missed = 0;
    for (const { raw, read } of listed.filter(({ eventId }) => !known.has(eventId)).toReversed()) {
      try {
        await this.store.keep(raw, read);
        missed += 1;
        this.metrics.count('crm_stripe_webhook_events_total', { result: 'missed' });
      } catch (error) {
        failure ??= error;
      }
    }
    return { missed, failure };
  }
}

/** A connected account that is connected no more, or does not answer: nobody else's events wait for that. */
function isOfOneAccount({ accountId }: EventList, error: unknown): boolean {
  return accountId !== null && error instanceof VendorError;
}

/** Whose list an event stood in is known: of what it says itself nobody need believe it. */
function inAccount(event: unknown, account: string): unknown {
  return typeof event === 'object' && event !== null ? { ...event, account } : event;
}

/** Of an event that does not say when it happened, or says what is to come, none. */
function secondsIn(event: unknown, until: Date): number {
  const created: unknown = typeof event === 'object' && event !== null && 'created' in event && event.created;
  return typeof created === 'number' && created * 1000 <= until.getTime() ? created : 0;
}
