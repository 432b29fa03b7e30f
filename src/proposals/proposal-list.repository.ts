import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { safeInteger } from '../platform/database/statements/columns.js';
import { Parameters } from '../platform/database/statements/parameters.js';
import { prepared, preparedVariant } from '../platform/database/statements/prepared.js';
import {
  sortClauses,
  type SortedWindow,
  type SortKey,
  type SortPosition,
  sortsBy,
} from '../platform/http/lists/sorted-page.js';
import { LEAD_SORT_KEYS, leadConditions, type LeadFilter } from './leads/lead-list.repository.js';
import type { ShownLine, ShownProposal } from './proposal.js';
import {
  SHOWN_INVOICE,
  SHOWN_INVOICE_OF_LEAD,
  shownInvoiceOf,
  type ShownInvoiceRow,
} from './views/shown-invoice.js';
import { customerNameSql } from '../customers/customer-name-sql.js';

/** What proposals can be sorted by: as leads, and by the sum and by the invoice that their qbo columns are of. */
export const PROPOSAL_SORT_KEYS: Readonly<Record<string, SortKey>> = {
  ...LEAD_SORT_KEYS,
  amount_cents: { sql: 'coalesce(l.amount_cents, 0)', type: 'bigint' },
  qbo_due_on: { sql: `coalesce(to_char(i.due_on, 'YYYY-MM-DD'), '')`, type: 'text' },
  qbo_total_cents: { sql: 'coalesce(i.total_cents, 0)', type: 'bigint' },
  qbo_balance_cents: { sql: 'coalesce(i.balance_cents, l.qbo_balance_cents, 0)', type: 'bigint' },
};
export const PROPOSAL_SORTS = sortsBy(
  'id',
  'name',
  'customer_name',
  'amount_cents',
  'qbo_due_on',
  'qbo_total_cents',
  'qbo_balance_cents',
  'created_at',
  'updated_at',
);

/** A row as the driver reads it: `bigint` and `numeric` are text. */
type Texts<Row, Column extends keyof Row> = Omit<Row, Column> & Record<Column, string>;
type LineRow = Texts<ShownLine, 'quantity' | 'unitPriceCents' | 'amountCents'> & { proposalId: number };
type ProposalCents = 'amountCents' | 'qboBalanceCents' | 'qboPaidCents';
type ProposalRow = Omit<ShownProposal, 'lines' | 'invoice' | 'depositPaidCents' | ProposalCents> &
  SortPosition &
  Record<ProposalCents, string | null> & { depositPaidCents: string } & ShownInvoiceRow;

/** The proposals of an organisation, each with its customer's name and the invoice that its qbo columns are of. */
export function proposalsStatement(
  orgId: number,
  filter: LeadFilter,
  window: SortedWindow,
): { text: string; values: readonly unknown[] } {
  const { values, place } = new Parameters();
  const org = place(orgId);
  const { key, after, orderBy } = sortClauses(PROPOSAL_SORT_KEYS, window, place);
  const conditions = [after, ...leadConditions(filter, place)];
  const text = `select l.id, ${key} as key, l.org_id as "orgId", l.name, l.customer_id as "customerId", l.status,
       l.amount_cents as "amountCents", l.currency, l.site_address as "siteAddress",
       l.deposit_paid_cents as "depositPaidCents", l.approved_at as "approvedAt", l.created_at as "createdAt",
       l.updated_at as "updatedAt", l.qbo_invoice_id as "qboInvoiceId", l.qbo_invoice_number as "qboInvoiceNumber",
       l.qbo_status as "qboStatus", l.qbo_balance_cents as "qboBalanceCents", l.qbo_paid_cents as "qboPaidCents",
       l.qbo_last_sync_at as "qboLastSyncAt", ${customerNameSql('c')} as "customerName",
       ${SHOWN_INVOICE}
     from leads l
     left join customers c on c.org_id = l.org_id and c.id = l.customer_id
     ${SHOWN_INVOICE_OF_LEAD}
    where l.org_id = ${org} and l.status <> 'lead' and l.amount_cents is not null
      and ${conditions.join(' and ')}
    order by ${orderBy} limit ${place(window.limit + 1)}`;
  return { text: preparedVariant(text), values };
}

/** The lines of some proposals, in their order. Parameters: organisation, the ids. */
export const LINES_OF_PROPOSALS = prepared(`select id, proposal_id as "proposalId", description, quantity,
       unit_price_cents as "unitPriceCents", amount_cents as "amountCents"
     from proposal_lines where org_id = $1 and proposal_id = any($2)
    order by proposal_id, position`);

/** Reads proposals for people, in two statements however long the page is. */
@Injectable()
export class ProposalListRepository {
  /** One more than `limit`, so that a page knows of the next. */
  async list(
    tx: EntityManager,
    orgId: number,
    filter: LeadFilter,
    window: SortedWindow,
  ): Promise<(ShownProposal & SortPosition)[]> {
    const { text, values } = proposalsStatement(orgId, filter, window);
    const rows = await tx.query<ProposalRow[]>(text, [...values]);
    const lines = await this.linesOf(tx, orgId, rows);
    return rows.map((row) => proposalOf(row, lines.get(row.id) ?? []));
  }

  private async linesOf(
    tx: EntityManager,
    orgId: number,
    proposals: readonly { id: number }[],
  ): Promise<ReadonlyMap<number, ShownLine[]>> {
    const ids = proposals.map(({ id }) => id);
    const lines = new Map<number, ShownLine[]>(ids.map((id) => [id, []]));
    if (ids.length === 0) return lines;
    for (const row of await tx.query<LineRow[]>(LINES_OF_PROPOSALS, [orgId, ids])) {
      lines.get(row.proposalId)?.push(lineOf(row));
    }
    return lines;
  }
}

function lineOf({ id, description, quantity, unitPriceCents, amountCents }: LineRow): ShownLine {
  return {
    id,
    description,
    quantity: Number(quantity),
    unitPriceCents: safeInteger(unitPriceCents),
    amountCents: safeInteger(amountCents),
  };
}

function proposalOf(row: ProposalRow, lines: readonly ShownLine[]): ShownProposal & SortPosition {
  return Object.assign(row, {
    amountCents: centsOf(row.amountCents),
    depositPaidCents: safeInteger(row.depositPaidCents),
    qboBalanceCents: centsOf(row.qboBalanceCents),
    qboPaidCents: centsOf(row.qboPaidCents),
    lines,
    invoice: shownInvoiceOf(row),
  });
}

function centsOf(text: string | null): number | null {
  return text === null ? null : safeInteger(text);
}
