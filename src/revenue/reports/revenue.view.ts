import { documentLink, quickBooksLink } from '../../messages/quickbooks-links.js';
import type { RevenuePolicy } from '../../orgs/org-settings.entity.js';
import { csvLine } from '../../platform/text/csv.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { deferredTotals, totalsByCurrency } from './revenue-report.js';
import type { DeferredRevenueView, RevenueRowView, RevenueView } from './revenue.dto.js';
import type { DeferredSum, RevenueBasis, RevenueGrouping, RevenueSum } from './revenue-sums.repository.js';

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
  /** The newest invoice in QuickBooks of each proposal that has one. */
  invoices: ReadonlyMap<number, string>;
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

/** The rows as a CSV file, without sums, so that a spreadsheet adds nothing twice. */
export function revenueCsv({ rows }: RevenueReport): string {
  const lines = rows.map(({ key, label, currency, earnedCents }) => [key, label, currency, earnedCents]);
  return [['key', 'label', 'currency', 'earned_cents'], ...lines].map(csvLine).join('');
}

function rowView({ by, environment }: RevenueReport, row: RevenueSum): RevenueRowView {
  const { key, label, currency, earnedCents, proposalId, customerId, qboId } = row;
  const view = { key, label, currency, earned_cents: earnedCents };
  const page = by === 'proposal' ? 'invoice' : 'customerdetail';
  const qbo_url = qboId === null ? null : quickBooksLink(environment, page, qboId);
  if (by === 'customer') return { ...view, customer_id: customerId, qbo_url };
  if (proposalId === null) return view;
  return {
    ...view,
    proposal_id: proposalId,
    customer_id: customerId,
    timeline: timelineOf(proposalId),
    qbo_url,
  };
}

export function deferredView({ month, rows, invoices, environment }: DeferredReport): DeferredRevenueView {
  return {
    month,
    rows: rows.map((row) => ({
      proposal_id: row.proposalId,
      ...amounts(row),
      timeline: timelineOf(row.proposalId),
      qbo_url: documentLink(environment, 'Invoice', invoices.get(row.proposalId) ?? null),
    })),
    totals: deferredTotals(rows).map((total) => ({
      ...amounts(total),
      liability_cents: total.liabilityCents,
      asset_cents: total.assetCents,
    })),
  };
}

export function deferredCsv({ rows }: DeferredReport): string {
  const head = [
    'proposal_id',
    'currency',
    'opening_cents',
    'billed_cents',
    'earned_cents',
    'refunded_cents',
    'adjustment_cents',
    'closing_cents',
  ];
  return [head, ...rows.map((row) => [row.proposalId, ...Object.values(amounts(row))])].map(csvLine).join('');
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
