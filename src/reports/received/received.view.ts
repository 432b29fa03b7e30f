import { documentLink } from '../../messages/quickbooks-links.js';
import { csvLine } from '../../platform/text/csv.js';
import { reportCursor } from '../report-cursor.js';
import type { ReceivedReportView, ReceivedRowView, ReceivedTotalView } from './received.dto.js';
import type { ReceivedDocument, ReceivedTotal } from './received.repository.js';
import type { ReceivedDays, ReceivedReport } from './received.service.js';

export function receivedView({
  from,
  to,
  timeZone,
  environment,
  rows,
  totals,
  missing,
  next,
}: ReceivedReport): ReceivedReportView {
  return {
    from,
    to,
    time_zone: timeZone,
    rows: rows.map((row) => rowView(row, environment)),
    totals: totals.map(totalView),
    qbo_connected: missing.isConnected,
    undated: missing.undated.map(totalView),
    unread_invoices: missing.invoices.unread,
    invoices_elsewhere: missing.invoices.elsewhere,
    next_cursor: next && reportCursor(next),
  };
}

function totalView({ currency, rows, cents }: ReceivedTotal): ReceivedTotalView {
  return { currency, rows, amount_cents: cents };
}

const COLUMNS = [
  'paid_on',
  'customer_id',
  'customer_name',
  'proposal_id',
  'invoice_number',
  'currency',
  'amount_cents',
  'payment_id',
  'qbo_payment_id',
  'qbo_url',
] as const;

export const RECEIVED_CSV_HEAD = csvLine(COLUMNS);

/** A file has no place of its own to say that something may be missing in it. */
export function receivedFileName({
  from,
  to,
  missing,
}: Pick<ReceivedReport, 'from' | 'to' | 'missing'>): string {
  const isComplete = missing.isConnected && missing.undated.length === 0 && missing.invoices.unread === 0;
  return `received-${from}-${to}${isComplete ? '' : '-incomplete'}.csv`;
}

export function receivedCsv(rows: readonly ReceivedDocument[], { environment }: ReceivedDays): string {
  const views = rows.map((row) => rowView(row, environment));
  return views.map((view) => csvLine(COLUMNS.map((column) => view[column]))).join('');
}

function rowView(row: ReceivedDocument, environment: ReceivedDays['environment']): ReceivedRowView {
  const { realmId } = row;
  return {
    paid_on: row.paidOn,
    customer_id: row.customerId,
    customer_name: row.customerName,
    proposal_id: row.proposalId,
    invoice_id: row.invoiceId,
    invoice_number: row.invoiceNumber,
    currency: row.currency,
    amount_cents: row.amountCents,
    payment_id: row.paymentId,
    qbo_payment_id: row.qboPaymentId,
    qbo_realm_id: realmId,
    timeline: `/proposals/${row.proposalId}/timeline`,
    qbo_url: documentLink({ environment, realmId }, 'Invoice', row.qboInvoiceId),
  };
}
