import { type BooksOf, documentLink } from '../../messages/quickbooks-links.js';
import { csvLine } from '../../platform/text/csv.js';
import { type ReportPosition, reportCursor } from '../report-cursor.js';
import type { AgingCredit, AgingRow, Bucket } from './aging.js';
import type { AgingRowView, AgingView } from './aging.dto.js';
import type { AgingHead, AgingReport } from './aging.service.js';

export function agingView({
  head,
  aging: { rows, credits, totals },
  next = null,
}: AgingReport & { next?: ReportPosition | null }): AgingView {
  return {
    as_of: head.asOf,
    time_zone: head.timeZone,
    scope: head.scope,
    unknown: [...head.lacks],
    rows: rows.map((row) => rowView(head, row)),
    credits: credits.map((credit) => ({
      customer_id: credit.customerId,
      customer_name: credit.customerName,
      qbo_customer_id: credit.qboCustomerId,
      qbo_realm_id: credit.realmId,
      documents: statementPath(credit),
      currency: credit.currency,
      total_cents: credit.totalCents,
      qbo_url: customerUrl(head, credit),
    })),
    totals: totals.map((total) => ({
      currency: total.currency,
      ...bucketsView(total.buckets),
      total_cents: total.totalCents,
      overdue_cents: total.overdueCents,
      credits_cents: total.creditsCents,
      net_cents: total.netCents,
    })),
    next_cursor: next && reportCursor(next),
  };
}

const COLUMNS = [
  'customer_id',
  'customer_name',
  'number',
  'txn_on',
  'due_on',
  'currency',
  'current_cents',
  'days_1_30_cents',
  'days_31_60_cents',
  'days_61_90_cents',
  'days_91_plus_cents',
  'total_cents',
  'documents',
  'timeline',
  'qbo_url',
] as const;

export const AGING_CSV_HEAD = csvLine(COLUMNS);

export function agingRowsCsv(head: AgingHead, rows: readonly AgingRow[]): string {
  return rows
    .map((row) => {
      const view = rowView(head, row);
      return csvLine(COLUMNS.map((column) => view[column] ?? null));
    })
    .join('');
}

export function agingCreditsCsv(head: AgingHead, credits: readonly AgingCredit[]): string {
  return credits
    .map((credit) => {
      const { customerId, customerName, currency, totalCents } = credit;
      return csvLine([
        customerId,
        customerName,
        'credit',
        null,
        null,
        currency,
        null,
        null,
        null,
        null,
        null,
        totalCents,
        statementPath(credit),
        null,
        customerUrl(head, credit),
      ]);
    })
    .join('');
}

function rowView(head: AgingHead, row: AgingRow): AgingRowView {
  const { document } = row;
  return {
    customer_id: row.customerId,
    customer_name: row.customerName,
    qbo_customer_id: row.qboCustomerId,
    qbo_realm_id: row.realmId,
    documents: statementPath(row),
    currency: row.currency,
    ...bucketsView(row.buckets),
    total_cents: row.totalCents,
    ...(document && {
      invoice_id: document.invoiceId,
      proposal_id: document.proposalId,
      number: document.number,
      qbo_type: document.type,
      qbo_id: document.qboId,
      txn_on: document.txnOn,
      due_on: document.dueOn,
      days_overdue: row.daysOverdue ?? 0,
      timeline: document.proposalId === null ? null : `/proposals/${document.proposalId}/timeline`,
    }),
    qbo_url: document
      ? documentLink(booksOf(head, row), document.type, document.qboId)
      : customerUrl(head, row),
  };
}

function customerUrl(head: AgingHead, party: Pick<AgingCredit, 'qboCustomerId' | 'realmId'>): string | null {
  return documentLink(booksOf(head, party), 'Customer', party.qboCustomerId);
}

function statementPath({ customerId }: Pick<AgingCredit, 'customerId'>): string | null {
  return customerId === null ? null : `/customers/${customerId}/statement`;
}

function booksOf({ environment }: AgingHead, { realmId }: Pick<AgingCredit, 'realmId'>): BooksOf {
  return { environment, realmId };
}

function bucketsView(buckets: Record<Bucket, number>): {
  current_cents: number;
  days_1_30_cents: number;
  days_31_60_cents: number;
  days_61_90_cents: number;
  days_91_plus_cents: number;
} {
  return {
    current_cents: buckets.current,
    days_1_30_cents: buckets.days_1_30,
    days_31_60_cents: buckets.days_31_60,
    days_61_90_cents: buckets.days_61_90,
    days_91_plus_cents: buckets.days_91_plus,
  };
}
