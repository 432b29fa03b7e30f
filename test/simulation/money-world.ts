import { setTimeout as pause } from 'node:timers/promises';
import { DueJobsService } from '../../src/jobs/handlers/due-jobs.service.js';
import { MissedEventsService } from '../../src/payments/stripe-webhooks/missed-events.service.js';
import { Clock } from '../../src/platform/time/clock.js';
import { type Contractor, pollCompany } from '../support/books.js';
import { type CrmProcess, startProcess } from '../support/process.js';
import { connect } from '../support/qbo.js';
import { type BooksWithStripe, startBooksWithStripe, STRIPE_KEY, STRIPE_SECRET } from '../support/stripe.js';
import type { MoneyStage } from './money-player.ts';

const PAUSE_STEP_MS = 20;
/** An event counts as missed after two minutes; a signature is taken for five. */
const MISSED_AFTER_MS = 180_000;
/** QuickBooks answers within this time or not at all: what it was asked before cannot take effect any more. */
const CUT_OFF_SECONDS = 131;
const SETTINGS = { QBO_RECORD_PAYMENTS: 'true' };

class MovedClock extends Clock {
  movedMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.movedMs);
  }
}

/**
 * The CRM as two processes: one that answers HTTP (this one) and one that runs jobs, which can be killed. QuickBooks
 * and Stripe beside them.
 */
export class MoneyWorld implements AsyncDisposable, MoneyStage {
  /** How often the process that runs jobs was killed. */
  kills = 0;
  #restart: Promise<void> | null = null;

  private constructor(
    readonly books: BooksWithStripe,
    private readonly clock: MovedClock,
    private worker: CrmProcess,
  ) {}

  static async open(): Promise<MoneyWorld> {
    const clock = new MovedClock();
    const books = await startBooksWithStripe({ CRM_ROLE: 'api', ...SETTINGS }, clock);
    return new MoneyWorld(books, clock, await startWorker(books));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker.end('SIGKILL');
    await this.books[Symbol.asyncDispose]();
  }

  /** Stripe loses and repeats events, by a seed. */
  async begin(seed: number): Promise<void> {
    await this.books.database.query('delete from stripe_event_cursor');
    await this.books.stripe.configure({ drop: 0.15, duplicate: 0.2, seed });
  }

  async connect({ admin, realmId }: Contractor): Promise<void> {
    await connect(this.books.app, admin, { realmId });
  }

  async poll(contractor: Contractor): Promise<void> {
    await pollCompany(this.books, contractor);
  }

  async pause(which: number): Promise<void> {
    await pause(which * PAUSE_STEP_MS);
  }

  /** Kills the process that runs jobs in the midst of them, and starts it again. Who kills meanwhile waits for that. */
  async kill(): Promise<void> {
    this.#restart ??= this.#restartWorker().finally(() => (this.#restart = null));
    await this.#restart;
  }

  async #restartWorker(): Promise<void> {
    this.kills += 1;
    await this.worker.end('SIGKILL');
    // As if ten seconds had passed: no other process has jobs that are under way.
    await this.books.database.query(
      `update pgboss.job set started_on = started_on - interval '1 hour',
              heartbeat_on = heartbeat_on - interval '1 hour' where state = 'active'`,
    );
    this.worker = await startWorker(this.books);
  }

  /** Everything that was late comes, and what no webhook brought is read from Stripe's list. */
  async hearAll(): Promise<void> {
    await this.books.stripe.act('resume');
    await this.books.stripe.act('flush', { order: 'shuffled' });
    this.clock.movedMs = MISSED_AFTER_MS;
    await this.books.app.app.get(MissedEventsService).fetch();
    this.clock.movedMs = 0;
  }

  /** Has everything done that is due, as time would. Answers what is under way. */
  async passTime(orgId: number): Promise<object[]> {
    const { database, app } = this.books;
    // A lease is renewed every 2.5 s for 10 s: whoever is silent for longer than 3 s was killed.
    await database.query(
      `update sync_operations set lease_until = now() - interval '1 second'
        where org_id = $1 and lease_until between now() and now() + interval '7 seconds'`,
      [orgId],
    );
    await database.query(
      `update sync_operations set next_attempt_at = now(),
              first_sent_at = first_sent_at - $2 * interval '1 second'
        where org_id = $1 and (lease_until is null or lease_until < now())
          and state in ('waiting', 'ready', 'sent', 'uncertain') and next_attempt_at > now()`,
      [orgId, CUT_OFF_SECONDS],
    );
    // One that is being worked at is left alone: two that wait for several rows in another order would wait for ever.
    await database.query(
      `update stripe_events set wake_at = now()
        where event_id in (select event_id from stripe_events
                            where state = 'pending' and attempts = 0 for update skip locked)`,
    );
    for (const table of ['stripe_events', 'payments', 'refunds', 'sync_operations'])
      await app.app.get(DueJobsService).enqueueDue(table);
    const [events, operations] = await Promise.all([
      database.query<object>(`select event_id, error from stripe_events where state = 'pending'`),
      database.query<object>(
        `select kind, state, error_detail from sync_operations
          where org_id = $1 and state in ('ready', 'sent', 'uncertain')`,
        [orgId],
      ),
    ]);
    return [...events, ...operations];
  }
}

async function startWorker(books: BooksWithStripe): Promise<CrmProcess> {
  return startProcess(books.database.url, {
    ...books.qbo.env,
    ...SETTINGS,
    CRM_ROLE: 'worker',
    QBO_REQUEST_TIMEOUT_MS: '5000',
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
  });
}
