import type { QboError } from '../../api/errors/qbo-error.js';
import { QBO_NOT_CONNECTED } from '../../../messages/invoice-check-messages.js';

/** How the sync of one customer went; `error` is a sentence for people. */
export type CustomerSync =
  /** `adopted`: it was in QuickBooks before and is linked now. */
  | { ok: true; result: 'created' | 'updated'; qboCustomerId: string; adopted?: true }
  | { ok: false; result: 'skipped'; because: SkipReason; qboCustomerId: null; error: string }
  | { ok: false; result: 'error'; qboCustomerId: string | null; error: string; failure: QboError };

/**
 * `undecided`: it may be in QuickBooks already, and a person decides. `excluded`: a person keeps it out, or made it
 * inactive.
 */
export type SkipReason = 'not_connected' | 'undecided' | 'excluded';

export const NOT_CONNECTED: CustomerSync = {
  ok: false,
  result: 'skipped',
  because: 'not_connected',
  qboCustomerId: null,
  error: QBO_NOT_CONNECTED,
};

export function inactiveCustomer(id: number): string {
  return (
    `Customer ${id} is inactive and not in QuickBooks, so it is not made there. Make them active by ` +
    `PATCH /customers/${id} {"is_active": true}, then sync again.`
  );
}

export function skipped(because: SkipReason, error: string): CustomerSync {
  return { ok: false, result: 'skipped', because, qboCustomerId: null, error };
}
