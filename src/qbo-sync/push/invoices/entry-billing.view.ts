import { invoiceDetailView } from '../../../invoices/invoice.view.js';
import type { ListedInvoice } from '../../../invoices/invoice-list.repository.js';
import type { BilledEntryView } from './entry-billing.dto.js';
import type { BilledEntry } from './entry-billing.service.js';

export function billedEntryView(
  { status, detail }: BilledEntry,
  invoice: ListedInvoice | null,
): BilledEntryView {
  return {
    status,
    invoice: invoice && invoiceDetailView(invoice),
    ...(detail === undefined ? {} : { detail }),
  };
}
