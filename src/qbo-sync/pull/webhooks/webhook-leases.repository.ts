import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** The right to read what the events of one organisation lead to. */
export interface WebhookLease {
  orgId: number;
  /** Fences off a holder whose turn has passed to someone else. */
  leaseToken: string;
}

/**
 * Who is at the events of which company: one worker at a time, so that a company with many of them, or one that QuickBooks
 * answers slowly, takes one place among the workers. Leases run on the database's clock.
 */
@Injectable()
export class WebhookLeasesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes the turn for `leaseMs`; null where another worker has it. */
  async take(orgId: number, leaseMs: number): Promise<WebhookLease | null> {
    const [rows] = await this.dataSource.query<[WebhookLease[], number]>(
      `update qbo_sweeps
          set events_lease_token = events_lease_token + 1,
              events_lease_until = now() + $2 * interval '1 millisecond'
        where org_id = $1 and (events_lease_until is null or events_lease_until < now())
        returning org_id as "orgId", events_lease_token as "leaseToken"`,
      [orgId, leaseMs],
    );
    return rows[0] ?? null;
  }

  async giveBack({ orgId, leaseToken }: WebhookLease): Promise<void> {
    await this.dataSource.query(
      `update qbo_sweeps set events_lease_until = null where org_id = $1 and events_lease_token = $2`,
      [orgId, leaseToken],
    );
  }

  /** Notes that Intuit told something of this company at this instant. */
  async noteHeard(tx: EntityManager, orgId: number, at: Date): Promise<void> {
    await tx.query(
      `update qbo_sweeps set last_webhook_at = greatest(last_webhook_at, $2::timestamptz) where org_id = $1`,
      [orgId, at],
    );
  }

  /** True where a sweep of this company began at or after an instant, by the trade's clock, and succeeded. */
  async wasSweptSince(tx: EntityManager, orgId: number, instant: Date): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `select from qbo_sweeps
        where org_id = $1 and last_error is null and last_started_at >= $2 and last_succeeded_at >= last_started_at`,
      [orgId, instant],
    );
    return rows.length > 0;
  }
}
