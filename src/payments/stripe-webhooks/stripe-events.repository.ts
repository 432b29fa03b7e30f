import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EARLY_MS } from '../../jobs/backoff.js';
import { STRIPE_EVENT_STUB } from '../../jobs/retention/retention.js';
import { prepared } from '../../platform/database/statements/prepared.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { Clock } from '../../platform/time/clock.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { StripeEvent, type StripeEventState } from './stripe-event.entity.js';
import { after } from '../../platform/time/after.js';

/** The job of a pending event is taken for lost after so long, milliseconds. */
const JOB_LOST_AFTER_MS = 10_000;

export interface NewStripeEvent {
  eventId: string;
  type: string;
  body: unknown;
  contentHash: string;
  /** Where it cannot be processed at all: why. */
  error?: string;
}

/** The stripe_events table: what was heard, and what became of it. */
@Injectable()
export class StripeEventsRepository {
  constructor(private readonly clock: Clock) {}

  /** Keeps an event; false where one with its id is kept already. */
  async insertOnce(tx: EntityManager, event: NewStripeEvent): Promise<boolean> {
    const at = this.clock.now();
    const failed = event.error !== undefined;
    const rows = await tx.query<unknown[]>(
      prepared(`insert into stripe_events (event_id, type, received_at, body, content_hash, state, error, wake_at,
         processed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict on constraint stripe_events_pkey do nothing returning event_id`),
      [
        event.eventId,
        event.type,
        at,
        JSON.stringify(event.body),
        event.contentHash,
        failed ? 'failed' : 'pending',
        event.error ?? null,
        after(at, JOB_LOST_AFTER_MS),
        failed ? at : null,
      ],
    );
    return rows.length > 0;
  }

  /** Which of these events are kept. */
  async listKnown(tx: EntityManager, eventIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }[]>(
      'select event_id as id from stripe_events where event_id = any ($1)',
      [eventIds],
    );
    return new Set(rows.map((row) => row.id));
  }

  async find(tx: EntityManager, eventId: string): Promise<StripeEvent | null> {
    return tx.findOneBy(StripeEvent, { eventId });
  }

  /** The event, locked until the transaction ends. */
  async findForUpdate(tx: EntityManager, eventId: string): Promise<StripeEvent | null> {
    return tx.findOne(StripeEvent, { where: { eventId }, lock: { mode: 'for_no_key_update' } });
  }

  /** Lets one event at a time speak of a payment intent, until the transaction ends. */
  async lockPaymentIntent(tx: EntityManager, paymentIntentId: string): Promise<void> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`stripe:${paymentIntentId}`]);
  }

  async close(
    tx: EntityManager,
    eventId: string,
    state: Exclude<StripeEventState, 'pending'>,
    why: { error?: string; paymentIntentId?: string | null } = {},
  ): Promise<void> {
    const { error = null, paymentIntentId = null } = why;
    await tx.update(
      StripeEvent,
      { eventId },
      { state, error, paymentIntentId, processedAt: this.clock.now() },
    );
  }

  /**
   * Empties an event that is done with where its customer was erased: a refund or a dispute of later names the payer
   * again.
   */
  async forgetErased(
    tx: EntityManager,
    eventId: string,
    { orgId, customerId }: Pick<Lead, 'orgId' | 'customerId'>,
  ): Promise<void> {
    await inOrganisation(orgId, () =>
      tx.query(
        `update stripe_events set body = ${STRIPE_EVENT_STUB}
          where event_id = $1 and state in ('processed', 'ignored') and payment_intent_id is null
            and exists (select from customers where org_id = $2 and id = $3 and erased_at is not null)`,
        [eventId, orgId, customerId],
      ),
    );
  }

  /** Takes up what came before the payment of this intent. Answers the ids. */
  async reopenEarly(tx: EntityManager, paymentIntentId: string): Promise<string[]> {
    const [rows] = await tx.query<[{ event_id: string }[], number]>(
      `update stripe_events
       set state = 'pending', error = null, payment_intent_id = null, processed_at = null, wake_at = $2
       where payment_intent_id = $1 and state = 'ignored' returning event_id`,
      [paymentIntentId, after(this.clock.now(), JOB_LOST_AFTER_MS)],
    );
    return rows.map((row) => row.event_id);
  }

  /** Counts a failed attempt of a pending event; without a next one it is left to a person. */
  async noteFailure(tx: EntityManager, eventId: string, error: string, next: Date | null): Promise<void> {
    await tx.query(
      `update stripe_events
          set attempts = attempts + 1, error = $2, wake_at = coalesce($3::timestamptz, wake_at),
              state = case when $3 is null then 'failed' else state end,
              processed_at = case when $3 is null then $4::timestamptz end
        where event_id = $1 and state = 'pending'`,
      [eventId, error, next, this.clock.now()],
    );
  }

  /** Has an event that was left to a person tried again, with one attempt. */
  async reopenFailed(tx: EntityManager, eventId: string): Promise<void> {
    await tx.query(
      `update stripe_events set state = 'pending', processed_at = null, wake_at = $2
        where event_id = $1 and state = 'failed'`,
      [eventId, after(this.clock.now(), JOB_LOST_AFTER_MS)],
    );
  }

  /** The organisation of this installation, where there is one alone. */
  async findOnlyOrg(tx: EntityManager): Promise<number | null> {
    const orgs = await tx.query<{ id: number }[]>('select id from orgs order by id limit 2');
    return orgs.length === 1 ? orgs[0]!.id : null;
  }

  /** When the database was last restored from a backup, of an organisation that has or had a company; else null. */
  async findRestored(tx: EntityManager, orgId: number): Promise<Date | null> {
    const rows = await tx.query<{ at: Date | null }[]>('select restored_at as at from orgs where id = $1', [
      orgId,
    ]);
    return rows[0]?.at ?? null;
  }

  /** False for an event that failed and is to be tried again later: a job that comes before that is one too many. */
  async isDue(tx: EntityManager, eventId: string): Promise<boolean> {
    const [event] = await tx.query<{ due: boolean }[]>(
      prepared('select attempts = 0 or wake_at <= $2 as due from stripe_events where event_id = $1'),
      [eventId, after(this.clock.now(), EARLY_MS)],
    );
    return event?.due ?? false;
  }

  /** Pending events that are due, the longest waiting first. */
  async listDue(tx: EntityManager, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select event_id as id from stripe_events where state = 'pending' and wake_at <= $1 order by wake_at limit $2`,
      [this.clock.now(), limit],
    );
    return rows.map((row) => row.id);
  }
}
