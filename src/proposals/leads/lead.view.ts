import type { NamedLead } from './lead-list.repository.js';
import type { LeadView } from './lead-view.dto.js';
import { qboColumnsView } from '../views/qbo-columns.view.js';

/** Shows a lead. */
export function leadView({ lead, customerName, invoice }: NamedLead): LeadView {
  return {
    id: lead.id,
    org_id: lead.orgId,
    name: lead.name,
    email: lead.email,
    phone: lead.phone,
    source: lead.source,
    notes: lead.notes,
    customer_id: lead.customerId,
    customer_name: customerName,
    status: lead.status,
    created_at: lead.createdAt.toISOString(),
    updated_at: lead.updatedAt.toISOString(),
    ...qboColumnsView(lead, invoice),
  };
}
