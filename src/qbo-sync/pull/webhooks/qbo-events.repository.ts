import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { isFree } from '../../../jobs/leases/lease.js';
import { Config } from '../../../platform/config/config.js';
import { Clock } from '../../../platform/time/clock.js';
import type { PendingEvent } from './fetch-plan.js';
import { EVENTS_LEASE } from './events-lease.js';
import type { NewQboEvent } from './received-events.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';

export type QboEventState = 'pending' | 'done' | 'ignored' | 'unknown_realm' | 'quarantined';

/** How many events of one organisation were new, by the state they are in. */
export interface StoredCount {
  orgId: number | null;
  state: QboEventState;
  count: number;
  /** Those among them that say the company's settings changed. */
  settingsCount: number;
}

/** The qbo_events table: what Intuit told, and what became of it. */
@Injectable()
export class QboEventsRepository {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Has the database give up each statement of this transaction that takes longer. */
  async limitStatements(tx: EntityManager, milliseconds: number): Promise<void> {
    await tx.query(`select set_config('statement_timeout', $1, true)`, [String(milliseconds)]);
  }

  /**
   * Keeps those events whose id is new, in one statement, each with the organisation whose company it is about. One
   * about a company that nobody here was ever connected to is kept as such.
   */
  async insertOnce(tx: EntityManager, events: readonly NewQboEvent[]): Promise<StoredCount[]> {
    const rows = events.map(({ body, ...event }) => ({ ...event, body: body?.toString('base64') }));
    return tx.query<StoredCount[]>(
      prepared(`with incoming as (
         select e.*, t.org_id,
                case when e.state <> 'quarantined' and t.org_id is null then 'unknown_realm'
                     else e.state end as disposition
           from jsonb_to_recordset($1::jsonb) as e(
                "eventId" text, "realmId" text, "entity" text, "entityId" text, "operation" text,
                "occurredAt" timestamptz, "state" text, "reason" text, "body" text)
           left join qbo_companies t on t.env = $2 and t.realm_id = e."realmId"
       ), stored as (
         insert into qbo_events (event_id, realm_id, org_id, entity, entity_id, operation, occurred_at, received_at,
                                 state, reason, body, next_attempt_at, closed_at)
         select "eventId", "realmId", org_id, "entity", "entityId", "operation", "occurredAt", $3,
                disposition, "reason", decode("body", 'base64'), $3,
                case when disposition <> 'pending' then $3::timestamptz end
           from incoming
          order by "eventId"
         on conflict on constraint qbo_events_pkey do nothing
         returning org_id, state, entity
       )
       select org_id as "orgId", state, count(*)::int as count,
              count(*) filter (where entity = 'preferences')::int as "settingsCount"
         from stored group by org_id, state`),
      [JSON.stringify(rows), this.config.qbo.env, this.clock.now()],
    );
  }

  /** Pending events of an organisation whose turn it is, oldest first. */
  async listDue(tx: EntityManager, orgId: number, limit: number): Promise<PendingEvent[]> {
    return tx.query<PendingEvent[]>(
      prepared(`select event_id as "eventId", realm_id as "realmId", entity, entity_id as "entityId", operation,
              received_at as "receivedAt", attempts
         from qbo_events
        where org_id = $1 and state = 'pending' and next_attempt_at <= $2
        order by received_at, event_id
        limit $3`),
      [orgId, this.clock.now(), limit],
    );
  }

  /** Organisations with pending events that are due and that nobody looks into, the longest waiting first. */
  async listOrgsWithDue(tx: EntityManager, limit: number): Promise<number[]> {
    const rows = await throughDoor('scheduler', () =>
      tx.query<{ orgId: number }[]>(
        `select e.org_id as "orgId" from qbo_events e left join qbo_sweeps s on s.org_id = e.org_id
        where e.state = 'pending' and e.next_attempt_at <= $1 and ${isFree(EVENTS_LEASE)}
        group by e.org_id order by min(e.next_attempt_at) limit $2`,
        [this.clock.now(), limit],
      ),
    );
    return rows.map((row) => row.orgId);
  }

  /** True where the organisation has pending events that are due. */
  async hasDue(tx: EntityManager, orgId: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      prepared(
        `select from qbo_events where org_id = $1 and state = 'pending' and next_attempt_at <= $2 limit 1`,
      ),
      [orgId, this.clock.now()],
    );
    return rows.length > 0;
  }

  async close(
    tx: EntityManager,
    eventIds: readonly string[],
    state: 'done' | 'ignored',
    reason: string | null = null,
  ): Promise<void> {
    if (eventIds.length === 0) return;
    await tx.query(
      prepared(
        `update qbo_events set state = $2, reason = $3, closed_at = $4 where event_id = any($1) and state = 'pending'`,
      ),
      [eventIds, state, reason, this.clock.now()],
    );
  }

  /** Lets events wait. `attempts` are the failures since QuickBooks last answered. */
  async postpone(
    tx: EntityManager,
    eventIds: readonly string[],
    until: Date,
    { attempts, reason }: { attempts: number; reason: string },
  ): Promise<void> {
    if (eventIds.length === 0) return;
    await tx.query(
      `update qbo_events set next_attempt_at = $2, attempts = $3, reason = $4
        where event_id = any($1) and state = 'pending'`,
      [eventIds, until, attempts, reason],
    );
  }
}
