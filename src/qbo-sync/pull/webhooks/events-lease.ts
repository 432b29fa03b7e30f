import type { LeaseTable } from '../../../jobs/leases/lease.js';

/**
 * Whoever looks into the events of a company holds it meanwhile. Taking it notes when Intuit told something of the
 * company last. `offset 0` keeps PostgreSQL from looking for the newest event of all companies first.
 */
export const EVENTS_LEASE: LeaseTable = {
  table: 'qbo_sweeps',
  key: ['org_id'],
  token: 'events_lease_token',
  until: 'events_lease_until',
  onTake: `last_webhook_at = greatest(last_webhook_at, (
    select max(pending.received_at) from (
      select received_at from qbo_events e where e.org_id = qbo_sweeps.org_id and e.state = 'pending' offset 0
    ) as pending))`,
};
