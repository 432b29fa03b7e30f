import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DataSource } from 'typeorm';
import { Config } from '../../../platform/config/config.js';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { isAbandoned, type LeaseTable } from '../../../jobs/leases/lease.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';

/** Whoever polls a company holds it meanwhile. */
export const POLL_LEASE: LeaseTable = {
  table: 'qbo_sweeps',
  key: ['org_id'],
  token: 'lease_token',
  until: 'lease_until',
  onTake: 'last_started_at = :now',
  returning: `org_id as "orgId", realm_id as "realmId", changed_since as "changedSince",
              last_compared_at as "comparedAt"`,
};

export interface DuePoll {
  orgId: number;
  realmId: string;
  /** QuickBooks' own time up to which changes are known; null before the first poll. */
  changedSince: Date | null;
  /** When all of its invoices were last compared. */
  comparedAt: Date | null;
  /** Fences off a holder whose lease has passed to someone else. */
  leaseToken: string;
}

/** How long from one poll of a company to the next, in milliseconds. */
export interface PollIntervals {
  usualMs: number;
  /** Of a company whose webhooks prove to reach us. */
  webhookFedMs: number;
}

/** How fresh the picture of a company's invoices is. */
export interface Freshness {
  polledAt: Date | null;
  nextPollAt: Date;
  webhookAt: Date | null;
  comparedAt: Date | null;
}

/**
 * Webhooks of a company prove to reach us: one came within three days, and since the last time that a poll or a
 * comparison found what no webhook had told. Where Intuit falls silent the usual interval is back by itself.
 */
const WEBHOOK_FED = `
  (last_webhook_at > $1::timestamptz - interval '3 days' and last_webhook_at > coalesce(last_surprise_at, '-infinity')
   and last_error is null)`;

/** When each company is polled next, and by whom. Leases run on the database's clock. */
@Injectable()
export class SyncCursorsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  /**
   * Has a company polled from now on. Another company than before starts with nothing that was heard of that one, and
   * where it was connected earlier, with what was known of it as all of it was last compared; a poll of the one before
   * that is under way has nothing to say any more.
   */
  async introduce(tx: EntityManager, { orgId, realmId }: QboCompany, firstAt: Date): Promise<void> {
    await tx.query(
      `insert into qbo_sweeps (org_id, realm_id, next_sweep_at) values ($1, $2, $3)
       on conflict on constraint qbo_sweeps_pkey do update
         set next_sweep_at = excluded.next_sweep_at`,
      [orgId, realmId, firstAt],
    );
    await tx.query(
      `update qbo_sweeps
          set realm_id = $2, last_compared_at = null, changed_since = (
                select max(c.changes_known_until) from invoice_compares c
                 where c.org_id = $1 and c.realm_id = $2 and c.status = 'done'),
              last_started_at = null,
              last_succeeded_at = null, last_error = null, last_webhook_at = null, last_surprise_at = null,
              lease_until = null
        where org_id = $1 and realm_id <> $2`,
      [orgId, realmId],
    );
  }

  /**
   * Takes the companies that are due and sets when each is next. Two replicas never take the same one: rows held by the
   * other are passed over. The next times are spread over a tenth of the interval.
   */
  async takeDue(
    tx: EntityManager,
    now: Date,
    { usualMs, webhookFedMs }: PollIntervals,
    limit: number,
  ): Promise<number[]> {
    const [rows] = await throughDoor('scheduler', () =>
      tx.query<[{ orgId: number }[], number]>(
        // As a subquery the limit would not hold: PostgreSQL may run it once for each row.
        `with due as materialized (
         select s.org_id from qbo_sweeps s
           join qbo_tokens t on t.org_id = s.org_id and t.realm_id = s.realm_id
            and t.state = 'connected' and t.env = $5
          where s.next_sweep_at <= $1
          order by s.next_sweep_at
          limit $4
            for no key update of s skip locked)
       update qbo_sweeps
          set next_sweep_at = $1::timestamptz
                + case when ${WEBHOOK_FED} then $3::float8 else $2::float8 end * (0.95 + 0.1 * random())
                  * interval '1 millisecond'
         from due
        where qbo_sweeps.org_id = due.org_id
        returning qbo_sweeps.org_id as "orgId"`,
        [now, usualMs, webhookFedMs, limit, this.config.qbo.env],
      ),
    );
    return rows.map((row) => row.orgId);
  }

  /**
   * Brings forward what was planned by longer intervals than those that hold now: a company is due one interval after
   * it was last polled, and in no case later than one from now.
   */
  async hasten(now: Date, { usualMs, webhookFedMs }: PollIntervals): Promise<void> {
    await throughDoor('scheduler', () =>
      this.dataSource.query(
        `with planned as (
         select org_id, greatest($1::timestamptz, least(last_started_at, $1::timestamptz)
                  + case when ${WEBHOOK_FED} then $3::float8 else $2::float8 end * (0.95 + 0.1 * random())
                    * interval '1 millisecond') as at
           from qbo_sweeps)
       update qbo_sweeps set next_sweep_at = planned.at
         from planned where qbo_sweeps.org_id = planned.org_id and next_sweep_at > planned.at + interval '1 second'`,
        [now, usualMs, webhookFedMs],
      ),
    );
  }

  /** Connected companies whose poll was begun by a process that died. */
  async listAbandoned(tx: EntityManager, limit: number): Promise<number[]> {
    const rows = await throughDoor('scheduler', () =>
      tx.query<{ orgId: number }[]>(
        `select s.org_id as "orgId" from qbo_sweeps s
         join qbo_tokens t on t.org_id = s.org_id and t.realm_id = s.realm_id
          and t.state = 'connected' and t.env = $2
        where ${isAbandoned(POLL_LEASE)} limit $1`,
        [limit, this.config.qbo.env],
      ),
    );
    return rows.map((row) => row.orgId);
  }

  /** When a company was last looked at, by whichever way; null where it was not connected yet. */
  async freshness(orgId: number): Promise<Freshness | null> {
    const [row] = await this.dataSource.query<Freshness[]>(
      `select last_succeeded_at as "polledAt", next_sweep_at as "nextPollAt", last_webhook_at as "webhookAt",
              last_compared_at as "comparedAt"
         from qbo_sweeps where org_id = $1`,
      [orgId],
    );
    return row ?? null;
  }

  /**
   * Moves the cursor with the effects it stands for, in one transaction; not where the lease or the row has passed
   * on, nor where the cursor was taken back since the poll began.
   */
  async advance(tx: EntityManager, poll: DuePoll, changedSince: Date): Promise<void> {
    await tx.query(
      prepared(`update qbo_sweeps set changed_since = greatest(changed_since, $3::timestamptz)
        where org_id = $1 and realm_id = $5 and lease_token = $2
          and (changed_since is null or $4::timestamptz is null or changed_since >= $4::timestamptz)`),
      [poll.orgId, poll.leaseToken, changedSince, poll.changedSince, poll.realmId],
    );
  }

  /**
   * Has the next poll ask for changes since a moment of QuickBooks' time: polls passed over what happened to a document
   * that is known only now, as where the answer to its creation was lost. So may a comparison that is under way: it
   * moves the cursor no further at its end. Does nothing where QuickBooks does not say when.
   */
  async lookBackTo(
    tx: EntityManager,
    { orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>,
    moment: Date | null,
  ): Promise<void> {
    if (moment === null) return;
    await tx.query(
      prepared(`update invoice_compares set changes_known_until = $3
        where org_id = $1 and realm_id = $2 and status in ('queued', 'running') and changes_known_until > $3`),
      [orgId, realmId, moment],
    );
    await tx.query(
      prepared(
        `update qbo_sweeps set changed_since = $3 where org_id = $1 and realm_id = $2 and changed_since > $3`,
      ),
      [orgId, realmId, moment],
    );
  }

  /**
   * Lets go of a company; `error` is null after a good poll, `surprised` says whether it found what no webhook had
   * told. After another one it is due again within half an hour, however seldom companies are polled.
   */
  async release(
    poll: DuePoll,
    { error, surprised }: { error: string | null; surprised: boolean },
    at: Date,
  ): Promise<void> {
    await this.dataSource.query(
      prepared(`update qbo_sweeps
          set lease_until = null, last_error = $3,
              next_sweep_at = case when $3::text is null then next_sweep_at
                                   else least(next_sweep_at, $4::timestamptz + interval '30 minutes') end,
              last_succeeded_at = case when $3::text is null then $4::timestamptz else last_succeeded_at end,
              last_surprise_at = case when $5 then $4::timestamptz else last_surprise_at end
        where org_id = $1 and realm_id = $6 and lease_token = $2`),
      [poll.orgId, poll.leaseToken, error, at, surprised, poll.realmId],
    );
  }
}
