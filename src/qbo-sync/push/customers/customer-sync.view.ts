import type { CustomerSync } from './customer-sync.service.js';
import type { CustomerSyncView } from './customer-sync.dto.js';

/** Shows how the sync of a customer went. A skip has the three fields alone. */
export function customerSyncView(customerId: number, sync: CustomerSync): CustomerSyncView {
  const view = { ok: sync.ok, qbo_customer_id: sync.qboCustomerId, customer_id: customerId };
  return sync.result === 'error' ? { ...view, result: sync.result, error: sync.error } : view;
}
