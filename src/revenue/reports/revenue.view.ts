import { documentLink } from '../../messages/quickbooks-links.js';
import type { RevenuePolicy } from '../../orgs/settings/org-settings.entity.js';
import { csvLine } from '../../platform/text/csv.js';
import { type CalendarDay, lastDayOf } from '../../platform/time/calendar-day.js';
import type { RevenueBasis } from '../revenue-basis.js';
import { deferredTotals, totalsByCurrency } from './revenue-report.js';
import type { DeferredRevenueView, RevenueRowView, RevenueView } from './revenue.dto.js';
import type { DeferredSum, NamedJob, RevenueGrouping, RevenueSum } from './revenue-sums.repository.js';

/** A revenue report as it was asked for, with what came of it. */
export interface RevenueReport {
  basis: RevenueBasis;
  by: RevenueGrouping;
  from: CalendarDay;
  to: CalendarDay;
  policy: RevenuePolicy;
  environment: 'sandbox' | 'production';
  rows: readonly RevenueSum[];
}

export interface DeferredReport {
  month: string;
  rows: readonly DeferredSum[];
  /** What people call each proposal, and its newest invoice in QuickBooks. */
  jobs: ReadonlyMap<number, NamedJob>;
  environment: RevenueReport['environment'];
}

export function revenueView(report: RevenueReport): RevenueView {
  const { basis, by, from, to, policy, rows } = report;
  return {
    basis,
    policy,
    from,
    to,
    by,
    rows: rows.map((row) => rowView(report, row)),
    totals: totalsByCurrency(rows).map(({ currency, earnedCents }) => ({
      currency,
      earned_cents: earnedCents,
    })),
  };
}

const REVENUE_COLUMNS = [
  'key',
  'label',
  'currency',
  'earned_cents',
  'documents',
  'timeline',
  'qbo_url',
] as const;

/** The rows as a CSV file, without sums, so that a spreadsheet adds nothing twice. */
export function revenueCsv(report: RevenueReport): string {
  const lines = report.rows.map((row) => {
    const view = rowView(report, row);
    return REVENUE_COLUMNS.map((column) => view[column] ?? null);
  });
  return [REVENUE_COLUMNS, ...lines].map(csvLine).join('');
}

function rowView(report: RevenueReport, row: RevenueSum): RevenueRowView {
  const { by, environment } = report;
  const { key, label, currency, earnedCents, proposalId, customerId, qboId, realmId } = row;
  const type = by === 'proposal' ? 'Invoice' : 'Customer';
  const view = {
    key,
    label,
    currency,
    earned_cents: earnedCents,
    documents: documentsPath(report, row),
    qbo_realm_id: qboId === null ? null : realmId,
    qbo_url: documentLink({ environment, realmId }, type, qboId),
  };
  if (by === 'customer') return { ...view, customer_id: customerId };
  if (proposalId === null) return view;
  return {
    ...view,
    proposal_id: proposalId,
    customer_id: customerId,
    timeline: timelineOf(proposalId),
  };
}

/** What a sum is made of: its proposals, and of a customer the account. */
function documentsPath({ basis, by, from, to }: RevenueReport, row: RevenueSum): string | null {
  if (by === 'proposal') return null;
  if (by === 'customer') return row.customerId === null ? null : `/customers/${row.customerId}/statement`;
  const proposals = `/reports/revenue?basis=${basis}&by=proposal`;
  if (by === 'item') return `${proposals}&from=${from}&to=${to}&item=${row.key}`;
  const [first, last] = [`${row.key}-01`, lastDayOf(row.key)];
  return `${proposals}&from=${first > from ? first : from}&to=${last < to ? last : to}`;
}

export function deferredView(report: DeferredReport): DeferredRevenueView {
  const { month, rows } = report;
  return {
    month,
    rows: rows.map((row) => ({
      proposal_id: row.proposalId,
      ...amounts(row),
      ...deferredLinks(report, row.proposalId),
    })),
    totals: deferredTotals(rows).map((total) => ({
      ...amounts(total),
      liability_cents: total.liabilityCents,
      asset_cents: total.assetCents,
    })),
  };
}

function deferredLinks({ jobs, environment }: DeferredReport, proposalId: number) {
  const job = jobs.get(proposalId);
  const realmId = job?.realmId ?? null;
  return {
    qbo_realm_id: realmId,
    timeline: timelineOf(proposalId),
    qbo_url: documentLink({ environment, realmId }, 'Invoice', job?.qboId ?? null),
    proposal_name: job?.name ?? null,
    customer_name: job?.customerName ?? null,
  };
}

export function deferredCsv(report: DeferredReport): string {
  const head = [
    'proposal_id',
    'currency',
    'opening_cents',
    'billed_cents',
    'earned_cents',
    'refunded_cents',
    'adjustment_cents',
    'closing_cents',
    'timeline',
    'qbo_url',
    'proposal_name',
    'customer_name',
  ];
  const rows = report.rows.map((row) => {
    const links = deferredLinks(report, row.proposalId);
    const { timeline, qbo_url: qboUrl, proposal_name: name, customer_name: customer } = links;
    return [row.proposalId, ...Object.values(amounts(row)), timeline, qboUrl, name, customer];
  });
  return [head, ...rows].map(csvLine).join('');
}

function amounts(row: Omit<DeferredSum, 'proposalId'>) {
  return {
    currency: row.currency,
    opening_cents: row.openingCents,
    billed_cents: row.billedCents,
    earned_cents: row.earnedCents,
    refunded_cents: row.creditedCents,
    adjustment_cents: row.adjustmentCents,
    closing_cents: row.closingCents,
  };
}

function timelineOf(proposalId: number): string {
  return `/proposals/${proposalId}/timeline`;
}
