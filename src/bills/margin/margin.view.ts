import { type BooksOf, documentLink } from '../../messages/quickbooks-links.js';
import { csvLine } from '../../platform/text/csv.js';
import { billId } from '../bill.js';
import { billUrl } from '../bill.view.js';
import type { UnallocatedCost } from './job-costs.js';
import type { Margin, MarginTotal } from './margin.js';
import type { MarginReportView, MarginView, UnallocatedCostView } from './margin.dto.js';
import type { MarginReport } from './margin.service.js';

/** So many characters are handed on at a time. */
const PART = 100_000;

/** A `MarginReportView` as JSON, in parts: of 50,000 rows no more is held than what is being sent. */
export function* marginReportJson({ margins, totals, costs, books }: MarginReport): Generator<string> {
  let part = '{"rows":[';
  let comma = '';
  for (const margin of margins) {
    const row: MarginReportView['rows'][number] = rowOf(margin, books);
    part += comma + JSON.stringify(row);
    comma = ',';
    if (part.length < PART) continue;
    yield part;
    part = '';
  }
  const rest: Omit<MarginReportView, 'rows'> = {
    totals: totals.map((total) => ({ ...sums(total), foreign_cost_cents: total.foreignCostCents })),
    unallocated: (costs?.newestUnallocated() ?? []).map((cost) => unallocatedView(cost, books)),
    unallocated_count: costs?.unallocatedCount ?? 0,
  };
  yield `${part}],${JSON.stringify(rest).slice(1)}`;
}

export function marginView({ margins: [margin], costs, books }: MarginReport): MarginView {
  const own = (costs?.newestUnallocated() ?? []).filter(
    ({ customerId }) => customerId !== null && customerId === margin!.customerId,
  );
  return { ...rowOf(margin!, books), unallocated: own.map((cost) => unallocatedView(cost, books)) };
}

const COLUMNS = [
  'proposal_id',
  'currency',
  'policy',
  'revenue_cents',
  'cost_cents',
  'fees_cents',
  'margin_cents',
  'margin_percent',
  'proposed_cents',
  'unallocated_cents',
] as const;

const LINKS = ['timeline', 'qbo_url'] as const;
const NAMES = ['proposal_name', 'customer_name'] as const;

/** The rows as a CSV file, without sums; what is not known is empty, and `unknown` says what that is. */
export function* marginCsv({ margins, books }: MarginReport): Generator<string> {
  let part = csvLine([...COLUMNS, 'unknown', ...LINKS, ...NAMES]);
  for (const margin of margins) {
    const view = rowOf(margin, books);
    part += csvLine([
      ...COLUMNS.map((column) => view[column]),
      view.unknown.join(' '),
      ...[...LINKS, ...NAMES].map((column) => view[column]),
    ]);
    if (part.length < PART) continue;
    yield part;
    part = '';
  }
  yield part;
}

function sums(total: Omit<MarginTotal, 'foreignCostCents'>) {
  return {
    currency: total.currency,
    revenue_cents: total.revenueCents,
    cost_cents: total.costCents,
    fees_cents: total.feesCents,
    margin_cents: total.marginCents,
    unallocated_cents: total.unallocatedCents,
  };
}

function unallocatedView(
  { bill, line, description, customerId, currency, cents }: UnallocatedCost,
  books: BooksOf,
): UnallocatedCostView {
  return {
    bill_id: billId(bill),
    line,
    vendor_name: bill.vendorName,
    number: bill.number,
    txn_on: bill.txnOn,
    description,
    customer_id: customerId,
    currency,
    amount_cents: cents,
    qbo_url: billUrl(bill, books),
  };
}

function rowOf(margin: Margin, { environment }: BooksOf) {
  return {
    proposal_id: margin.proposalId,
    ...sums(margin),
    policy: margin.policy,
    margin_percent: margin.marginPercent,
    proposed_cents: margin.proposedCents,
    foreign_costs: margin.foreignCosts.map(({ currency, cents }) => ({ currency, cost_cents: cents })),
    unknown: [...margin.unknown],
    qbo_realm_id: margin.qboRealmId,
    timeline: `/proposals/${margin.proposalId}/timeline`,
    qbo_url: documentLink({ environment, realmId: margin.qboRealmId }, 'Invoice', margin.qboInvoiceId),
    proposal_name: margin.proposalName,
    customer_name: margin.customerName,
  };
}
