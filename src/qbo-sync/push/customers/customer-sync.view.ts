import type { CustomerSync } from './customer-sync.js';
import type { CustomerSyncView } from './customer-sync.dto.js';

/** Shows how the sync of a customer went. Without a connection it has the three fields alone. */
export function customerSyncView(customerId: number, sync: CustomerSync): CustomerSyncView {
  const view = { ok: sync.ok, qbo_customer_id: sync.qboCustomerId, customer_id: customerId };
  if (sync.ok) return sync.adopted ? { ...view, adopted: true } : view;
  if (sync.result === 'skipped' && sync.because === 'not_connected') return view;
  return { ...view, result: sync.result, error: sync.error };
}
