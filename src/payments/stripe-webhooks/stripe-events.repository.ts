import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../platform/time/clock.js';
import { StripeEvent, type StripeEventState } from './stripe-event.entity.js';

/** A pending event whose job was lost is taken up again after so long. */
const WAKE_MS = 60_000;
/** Longer than the queue's longest pause between two attempts. */
const WAKE_AFTER_FAILURE_MS = 900_000;

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
      `insert into stripe_events (event_id, type, received_at, body, content_hash, state, error, wake_at, processed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict on constraint stripe_events_pkey do nothing returning event_id`,
      [
        event.eventId,
        event.type,
        at,
        JSON.stringify(event.body),
        event.contentHash,
        failed ? 'failed' : 'pending',
        event.error ?? null,
        new Date(at.getTime() + WAKE_MS),
        failed ? at : null,
      ],
    );
    return rows.length > 0;
  }

  async find(tx: EntityManager, eventId: string): Promise<StripeEvent | null> {
    return tx.findOneBy(StripeEvent, { eventId });
  }

  /** The event, locked until the transaction ends. */
  async findForUpdate(tx: EntityManager, eventId: string): Promise<StripeEvent | null> {
    return tx.findOne(StripeEvent, { where: { eventId }, lock: { mode: 'pessimistic_write' } });
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

  /** Takes up what came before the payment of this intent. Answers the ids. */
  async reopenEarly(tx: EntityManager, paymentIntentId: string): Promise<string[]> {
    const [rows] = await tx.query<[{ event_id: string }[], number]>(
      `update stripe_events
       set state = 'pending', error = null, payment_intent_id = null, processed_at = null, wake_at = $2
       where payment_intent_id = $1 and state = 'ignored' returning event_id`,
      [paymentIntentId, new Date(this.clock.now().getTime() + WAKE_MS)],
    );
    return rows.map((row) => row.event_id);
  }

  /** Counts a failed attempt; at the last one the event is left to a person. Answers the state it is in then. */
  async noteFailure(
    tx: EntityManager,
    eventId: string,
    error: string,
    attemptsMax: number,
  ): Promise<StripeEventState> {
    const at = this.clock.now();
    const [rows] = await tx.query<[{ state: StripeEventState }[], number]>(
      `update stripe_events set attempts = attempts + 1, error = $2, wake_at = $4,
         state = case when attempts + 1 >= $3 then 'failed' else state end,
         processed_at = case when attempts + 1 >= $3 then $5::timestamptz end
       where event_id = $1 and state = 'pending' returning state`,
      [eventId, error, attemptsMax, new Date(at.getTime() + WAKE_AFTER_FAILURE_MS), at],
    );
    return rows[0]?.state ?? 'processed';
  }

  /** Has an event that was left to a person tried again, with one attempt. */
  async reopenFailed(tx: EntityManager, eventId: string): Promise<void> {
    await tx.query(
      `update stripe_events set state = 'pending', processed_at = null, wake_at = $2
        where event_id = $1 and state = 'failed'`,
      [eventId, new Date(this.clock.now().getTime() + WAKE_MS)],
    );
  }

  /** The organisation of this installation, where there is one alone. */
  async findOnlyOrg(tx: EntityManager): Promise<number | null> {
    const orgs = await tx.query<{ id: number }[]>('select id from orgs order by id limit 2');
    return orgs.length === 1 ? orgs[0]!.id : null;
  }

  /** Pending events that nobody seems to look after, oldest first; the others of this round skip them. */
  async takeOverdue(tx: EntityManager, limit: number): Promise<string[]> {
    const at = this.clock.now();
    const [rows] = await tx.query<[{ event_id: string }[], number]>(
      // As a subquery the limit would not hold: PostgreSQL may run it once for each row.
      `with overdue as materialized (
         select event_id from stripe_events where state = 'pending' and wake_at <= $1
         order by wake_at limit $3 for update skip locked)
       update stripe_events set wake_at = $2
         from overdue where stripe_events.event_id = overdue.event_id
       returning stripe_events.event_id`,
      [at, new Date(at.getTime() + WAKE_MS), limit],
    );
    return rows.map((row) => row.event_id);
  }
}
