import type { LeaseTable } from '../../../jobs/leases/lease.js';
import { inHandSql } from '../operation-state.js';

/** An operation is held by the worker that sends it; a row that has no request yet is held by nobody. */
export const OPERATION_LEASE: LeaseTable = {
  table: 'sync_operations',
  key: ['org_id', 'id'],
  token: 'lease_token',
  until: 'lease_until',
  takeable: inHandSql(),
  onTake: 'updated_at = now()',
};
