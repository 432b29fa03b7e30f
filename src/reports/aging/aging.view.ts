import { csvLine } from '../../platform/text/csv.js';
import type { Aging, AgingRow, Bucket } from './aging.js';
import type { AgingRowView, AgingView } from './aging.dto.js';

export interface AgingHead {
  asOf: string;
  timeZone: string;
  scope: 'ours' | 'company';
}

export function agingView({ asOf, timeZone, scope }: AgingHead, { rows, credits, totals }: Aging): AgingView {
  return {
    as_of: asOf,
    time_zone: timeZone,
    scope,
    rows: rows.map(rowView),
    credits: credits.map((credit) => ({
      customer_id: credit.customerId,
      customer_name: credit.customerName,
      qbo_customer_id: credit.qboCustomerId,
      currency: credit.currency,
      total_cents: credit.totalCents,
    })),
    totals: totals.map((total) => ({
      currency: total.currency,
      ...bucketsView(total.buckets),
      total_cents: total.totalCents,
      overdue_cents: total.overdueCents,
      credits_cents: total.creditsCents,
      net_cents: total.netCents,
    })),
  };
}

/** The same as a CSV file: the rows, then the credits; no line of sums, so that a spreadsheet adds nothing twice. */
export function agingCsv({ rows, credits }: Aging): string {
  const head = [
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
  ];
  const owed = rows.map((row) => {
    const view = rowView(row);
    return head.map((column) => (view as unknown as Record<string, string | number | null>)[column] ?? null);
  });
  const free = credits.map(({ customerId, customerName, currency, totalCents }) => [
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
  ]);
  return [head, ...owed, ...free].map(csvLine).join('');
}

function rowView({
  customerId,
  customerName,
  qboCustomerId,
  currency,
  buckets,
  ...row
}: AgingRow): AgingRowView {
  const { document } = row;
  return {
    customer_id: customerId,
    customer_name: customerName,
    qbo_customer_id: qboCustomerId,
    currency,
    ...bucketsView(buckets),
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
    }),
  };
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
