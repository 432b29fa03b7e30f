import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { isFree, type LeaseTable } from '../../../jobs/leases/lease.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { CUT_OFF_REASONS, type ReconciliationReason } from './reconciliation-trigger.js';
import { type ReconciliationProgress, restedAt } from './reconciliation-run.js';
import type { RunStats } from '../invoices/run-stats.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';

/** Whoever runs a comparison holds it meanwhile; it begins anew with each holder, with all that was asked before. */
export const RUN_LEASE: LeaseTable = {
  table: 'invoice_compares',
  key: ['org_id', 'id'],
  token: 'lease_token',
  until: 'lease_until',
  takeable: `status in ('queued', 'running') and next_run_at <= :now`,
  onTake: `status = 'running', attempts = attempts + 1, started_at = :now, total = null, done = 0, changed = 0,
           paid = 0, failed = 0, calls = 0, asked_again = false, error = null`,
  returning: `id, org_id as "orgId", realm_id as "realmId", reason, attempts, started_at as "startedAt"`,
};

/** A comparison in the hands of one worker. */
export interface LeasedRun {
  id: string;
  orgId: number;
  realmId: string;
  reason: ReconciliationReason;
  attempts: number;
  startedAt: Date;
  leaseToken: string;
}

/** Who wants a comparison, and what is known once it is whole. */
export interface NewReconciliationRun {
  reason: ReconciliationReason;
  askedBy?: number;
  /** QuickBooks' own time up to which changes are known when the comparison has looked at everything. */
  changesKnownUntil?: Date;
}

/** The comparison that is asked for has to look at more of its company than the one that is open does. */
const REACHES_FURTHER = `
  (excluded.reason = any($9::text[]) and open.reason <> all($9::text[]))`;

const PROGRESS = `
  id, reason, status, total, done, changed, paid, failed, calls, error, created_at as "createdAt",
  started_at as "startedAt", finished_at as "finishedAt"`;

/** The full comparisons of each organisation; at most one of them is open. Leases run on the database's clock. */
@Injectable()
export class ReconciliationRunsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a comparison, or answers the one that is open. Where that has begun and a person asks, it is run once more
   * afterwards: it may have passed what the person has in mind. So it is where the change feed was cut off meanwhile:
   * what no feed tells then is looked at as well. One of another company than this ends: nobody runs it any more.
   */
  async open(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    { reason, askedBy, changesKnownUntil }: NewReconciliationRun,
  ): Promise<{ progress: ReconciliationProgress; restsUntil: Date | null }> {
    const now = this.clock.now();
    await this.endOfOthers(tx, { orgId, realmId }, now);
    const restsUntil = await this.restsUntil(tx, orgId, now);
    const [progress] = await tx.query<ReconciliationProgress[]>(
      prepared(`insert into invoice_compares as open (id, org_id, realm_id, reason, asked_by, changes_known_until,
                                             next_run_at, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (org_id) where status in ('queued', 'running') do update
         set asked_again = open.asked_again
                or open.status = 'running' and (excluded.reason = 'asked' or ${REACHES_FURTHER}),
             reason = case when ${REACHES_FURTHER} then excluded.reason else open.reason end,
             changes_known_until = case when ${REACHES_FURTHER} then excluded.changes_known_until
                                        else open.changes_known_until end
       returning ${PROGRESS}`),
      [
        randomUUID(),
        orgId,
        realmId,
        reason,
        askedBy,
        changesKnownUntil,
        restsUntil ?? now,
        now,
        CUT_OFF_REASONS,
      ],
    );
    return { progress: progress!, restsUntil };
  }

  async find(orgId: number, id: string): Promise<ReconciliationProgress | null> {
    const [row] = await this.dataSource.query<ReconciliationProgress[]>(
      `select ${PROGRESS} from invoice_compares where org_id = $1 and id = $2`,
      [orgId, id],
    );
    return row ?? null;
  }

  /** The open comparison of an organisation; null where there is none. */
  async findOpen(orgId: number): Promise<string | null> {
    const [open] = await this.dataSource.query<{ id: string }[]>(
      prepared(`select id from invoice_compares where org_id = $1 and status in ('queued', 'running')`),
      [orgId],
    );
    return open?.id ?? null;
  }

  /**
   * Writes down how far it has got; pages are read side by side, so one note can overtake another. Answers false
   * where it has passed to another worker, or ended.
   */
  async note({ orgId, id, leaseToken }: LeasedRun, total: number, stats: RunStats): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      prepared(`update invoice_compares set total = $4, done = greatest(done, $5), changed = greatest(changed, $6),
              paid = greatest(paid, $7), failed = greatest(failed, $8), calls = greatest(calls, $9)
        where org_id = $1 and id = $2 and lease_token = $3 and status = 'running'`),
      [orgId, id, leaseToken, total, stats.seen, stats.changed, stats.paid, stats.failed, stats.calls],
    );
    return count === 1;
  }

  /**
   * Ends a comparison. Where it looked at everything (no `error`), the company's changes are known from there on. Where
   * somebody asked meanwhile it runs once more, not before `againAt`; where more is to be looked at then, they are
   * known after that. Answers whether it does.
   */
  async end(tx: EntityManager, held: LeasedRun, error: string | null, againAt: Date): Promise<boolean> {
    const now = this.clock.now();
    const [rows] = await tx.query<[{ status: string; reason: string }[], number]>(
      prepared(`update invoice_compares
          set status = case when asked_again then 'queued' when $4::text is null then 'done' else 'failed' end,
              finished_at = case when not asked_again then $5::timestamptz end,
              next_run_at = case when asked_again then $6 else next_run_at end,
              attempts = 0, asked_again = false, error = $4, lease_until = null
        where org_id = $1 and id = $2 and lease_token = $3 and status = 'running'
        returning status, reason`),
      [held.orgId, held.id, held.leaseToken, error, now, againAt],
    );
    if (error === null && rows[0]?.reason === held.reason) {
      await tx.query(
        prepared(`update qbo_sweeps s
            set changed_since = greatest(s.changed_since, c.changes_known_until), last_compared_at = $3,
                last_surprise_at = case when c.changed > 0 then $3 else s.last_surprise_at end
           from invoice_compares c
          where c.org_id = $1 and c.id = $2 and s.org_id = c.org_id and s.realm_id = c.realm_id`),
        [held.orgId, held.id, now],
      );
    }
    return rows[0]?.status === 'queued';
  }

  /** Puts a comparison back; it begins anew at that instant. Answers false where it has passed to another worker. */
  async postpone(tx: EntityManager, held: LeasedRun, error: string, at: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update invoice_compares set status = 'queued', error = $4, next_run_at = $5, lease_until = null
        where org_id = $1 and id = $2 and lease_token = $3 and status = 'running'`,
      [held.orgId, held.id, held.leaseToken, error, at],
    );
    return count === 1;
  }

  /** Organisations with a comparison that is due and in nobody's hands, the longest waiting first. */
  async listDue(tx: EntityManager, limit: number): Promise<number[]> {
    const rows = await throughDoor('scheduler', () =>
      tx.query<{ orgId: number }[]>(
        `select org_id as "orgId" from invoice_compares
        where status in ('queued', 'running') and next_run_at <= $1 and ${isFree(RUN_LEASE)}
        order by next_run_at limit $2`,
        [this.clock.now(), limit],
      ),
    );
    return rows.map((row) => row.orgId);
  }

  private async endOfOthers(
    tx: EntityManager,
    { orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>,
    now: Date,
  ): Promise<void> {
    await tx.query(
      prepared(`update invoice_compares
          set status = 'failed', error = 'Another company is connected.', finished_at = $3, asked_again = false,
              lease_until = null
        where org_id = $1 and status in ('queued', 'running') and realm_id <> $2`),
      [orgId, realmId, now],
    );
  }

  /** Until when the next one has to wait because of the last; null where it need not. */
  private async restsUntil(tx: EntityManager, orgId: number, now: Date): Promise<Date | null> {
    const [last] = await tx.query<{ startedAt: Date | null; calls: number }[]>(
      prepared(`select started_at as "startedAt", calls from invoice_compares
        where org_id = $1 and finished_at is not null
        order by created_at desc limit 1`),
      [orgId],
    );
    if (!last?.startedAt) return null;
    const rested = restedAt(last.startedAt, last.calls);
    return rested > now ? rested : null;
  }
}
