import type { Customer } from './customer.entity.js';
import type { CustomerView } from './customer-view.dto.js';

/** Shows a customer. */
export function customerView(customer: Customer): CustomerView {
  return {
    id: customer.id,
    org_id: customer.orgId,
    email: customer.email,
    full_name: customer.fullName,
    phone: customer.phone,
    ...(customer.billingAddress === null ? {} : { billing_address: customer.billingAddress }),
    is_active: customer.isActive,
    ...(customer.reminders ? {} : { reminders: false }),
    qbo_customer_id: customer.qboCustomerId,
    qbo_last_sync_at: customer.qboLastSyncAt?.toISOString() ?? null,
    created_at: customer.createdAt.toISOString(),
    updated_at: customer.updatedAt.toISOString(),
  };
}
