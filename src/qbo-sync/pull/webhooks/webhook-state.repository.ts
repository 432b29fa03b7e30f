import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/prepared.js';
import type { LeaseTable } from '../../../jobs/lease.js';

/** Whoever looks into the events of a company holds it meanwhile. */
export const EVENTS_LEASE: LeaseTable = {
  table: 'qbo_sweeps',
  key: ['org_id'],
  token: 'events_lease_token',
  until: 'events_lease_until',
};

/** What is known of a company's webhooks. */
@Injectable()
export class WebhookStateRepository {
  /** Notes that Intuit told something of this company at this instant. */
  async noteHeard(tx: EntityManager, orgId: number, at: Date): Promise<void> {
    await tx.query(
      prepared(
        `update qbo_sweeps set last_webhook_at = greatest(last_webhook_at, $2::timestamptz) where org_id = $1`,
      ),
      [orgId, at],
    );
  }
}
