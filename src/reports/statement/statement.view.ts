import { documentLink } from '../../messages/quickbooks-links.js';
import { csvLine } from '../../platform/text/csv.js';
import type { StatementRow } from './statement.js';
import type { StatementRowView, StatementView } from './statement.dto.js';
import type { CustomerStatement } from './statement.service.js';

export function statementView({
  customerId,
  from,
  to,
  lacks,
  statement,
  environment,
}: CustomerStatement): StatementView {
  return {
    customer_id: customerId,
    from,
    to,
    unknown: [...lacks],
    rows: statement.rows.map((row) => rowView(row, environment)),
    totals: statement.totals.map((total) => ({
      currency: total.currency,
      opening_cents: total.openingCents,
      invoiced_cents: total.invoicedCents,
      settled_cents: total.settledCents,
      closing_cents: total.closingCents,
    })),
  };
}

/** The rows as a CSV file. */
export function statementCsv({ statement, environment }: CustomerStatement): string {
  const head = [
    'on',
    'kind',
    'number',
    'proposal_id',
    'currency',
    'amount_cents',
    'balance_cents',
    'timeline',
    'qbo_url',
  ] as const;
  const rows = statement.rows.map((row) => {
    const view = rowView(row, environment);
    return head.map((column) => view[column]);
  });
  return [[...head], ...rows].map(csvLine).join('');
}

function rowView(row: StatementRow, environment: CustomerStatement['environment']): StatementRowView {
  return {
    on: row.on,
    kind: row.kind,
    number: row.number,
    invoice_id: row.invoiceId,
    proposal_id: row.proposalId,
    currency: row.currency,
    amount_cents: row.amountCents,
    balance_cents: row.balanceCents,
    qbo_realm_id: row.realmId,
    timeline: row.proposalId === null ? null : `/proposals/${row.proposalId}/timeline`,
    qbo_url:
      row.qboType === null
        ? null
        : documentLink({ environment, realmId: row.realmId }, row.qboType, row.qboId),
  };
}
