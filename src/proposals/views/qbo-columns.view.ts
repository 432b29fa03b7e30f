import type { ShownInvoice, ShownProposal } from '../proposal.js';
import type { QboColumnsView } from './qbo-columns.dto.js';

type QboColumns = Pick<
  ShownProposal,
  'qboInvoiceId' | 'qboInvoiceNumber' | 'qboStatus' | 'qboBalanceCents' | 'qboPaidCents' | 'qboLastSyncAt'
>;

/**
 * Shows the qbo columns of a row. The invoice is read after the row, which has copies of its figures. Where it was
 * looked at in between, its own are shown, so that state and balance are of one moment. Pure.
 */
export function qboColumnsView(
  row: QboColumns,
  invoice: ShownInvoice | null,
): Pick<QboColumnsView, keyof QboColumnsView> {
  const { qboLastSyncAt } = row;
  const newer =
    invoice?.lastSyncAt && invoice.lastSyncAt > (qboLastSyncAt ?? new Date(0)) ? invoice : undefined;
  const lastSyncAt = newer ? newer.lastSyncAt : qboLastSyncAt;
  return {
    qbo_invoice_id: row.qboInvoiceId,
    qbo_invoice_number: newer ? newer.number : row.qboInvoiceNumber,
    qbo_status: newer ? newer.status : row.qboStatus,
    qbo_state: invoice?.state ?? null,
    qbo_due_on: invoice?.dueOn ?? null,
    qbo_total_cents: invoice?.totalCents ?? null,
    qbo_balance_cents: newer ? newer.balanceCents : row.qboBalanceCents,
    qbo_paid_cents: newer ? newer.paidCents : row.qboPaidCents,
    qbo_last_sync_at: lastSyncAt?.toISOString() ?? null,
  };
}
