import { documentLink } from '../../messages/quickbooks-links.js';
import { csvLine } from '../../platform/text/csv.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { type ReportPosition, reportCursor } from '../report-cursor.js';
import type { DueDocument } from './cash-forecast.js';
import type { CashForecastView, DsoRowView, DsoView, ExpectedInvoiceView } from './collections.dto.js';
import type { CashForecastReport } from './collections.service.js';
import type { Dso } from './dso.js';

export function dsoView({ asOf, rows }: { asOf: CalendarDay; rows: readonly Dso[] }, days: number): DsoView {
  return { as_of: asOf, days, rows: rows.map((row) => dsoRowView(asOf, row)) };
}

const DSO_COLUMNS = ['currency', 'receivable_cents', 'invoiced_cents', 'dso_days', 'documents'] as const;

export function dsoCsv({ asOf, rows }: { asOf: CalendarDay; rows: readonly Dso[] }): string {
  const lines = rows
    .map((row) => dsoRowView(asOf, row))
    .map((row) => DSO_COLUMNS.map((column) => row[column]));
  return [DSO_COLUMNS, ...lines].map(csvLine).join('');
}

export function cashForecastView({
  today,
  environment,
  weeks,
  rows,
  next,
}: CashForecastReport & {
  rows: readonly DueDocument[];
  next: ReportPosition | null;
}): CashForecastView {
  return {
    today,
    weeks: weeks.map(({ from, to, currency, expectedCents }) => ({
      from,
      to,
      currency,
      expected_cents: expectedCents,
    })),
    rows: rows.map((row) => expectedView(row, environment)),
    next_cursor: next && reportCursor(next),
  };
}

const FORECAST_COLUMNS = [
  'expected_on',
  'number',
  'proposal_id',
  'customer_id',
  'customer_name',
  'due_on',
  'delay_days',
  'currency',
  'open_cents',
  'timeline',
  'qbo_url',
] as const;

export const FORECAST_CSV_HEAD = csvLine(FORECAST_COLUMNS);

export function forecastCsv(
  rows: readonly DueDocument[],
  environment: CashForecastReport['environment'],
): string {
  const views = rows.map((row) => expectedView(row, environment));
  return views.map((view) => csvLine(FORECAST_COLUMNS.map((column) => view[column]))).join('');
}

function dsoRowView(
  asOf: CalendarDay,
  { currency, receivableCents, invoicedCents, dsoDays }: Dso,
): DsoRowView {
  return {
    currency,
    receivable_cents: receivableCents,
    invoiced_cents: invoicedCents,
    dso_days: dsoDays,
    documents: `/reports/aging?as_of=${asOf}&currency=${currency}&group=invoice`,
  };
}

function expectedView(
  { document, delayDays, expectedOn }: DueDocument,
  environment: CashForecastReport['environment'],
): ExpectedInvoiceView {
  return {
    invoice_id: document.invoiceId,
    proposal_id: document.proposalId,
    number: document.number,
    customer_id: document.customerId,
    customer_name: document.customerName,
    due_on: document.dueOn,
    delay_days: delayDays,
    expected_on: expectedOn,
    currency: document.currency,
    open_cents: document.openCents,
    qbo_realm_id: document.realmId,
    timeline: `/proposals/${document.proposalId}/timeline`,
    qbo_url: documentLink({ environment, realmId: document.realmId }, document.type, document.qboId),
  };
}
