import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { containing, Parameters } from '../../platform/database/statements/parameters.js';
import {
  sortClauses,
  type SortedWindow,
  type SortKey,
  type SortPosition,
  sortsBy,
} from '../../platform/http/lists/sorted-page.js';
import { Lead } from '../rows/lead.entity.js';
import type { ShownInvoice } from '../proposal.js';
import {
  SHOWN_INVOICE,
  SHOWN_INVOICE_OF_LEAD,
  shownInvoiceOf,
  type ShownInvoiceRow,
} from '../views/shown-invoice.js';
import type { ProposalStatus } from '../proposal-lifecycle.js';
import { customerNameSql } from '../../customers/customer-name-sql.js';

/** What leads can be sorted by; names go by small letters, and what is not known comes before all else. */
export const LEAD_SORT_KEYS: Readonly<Record<string, SortKey>> = {
  id: { sql: 'l.id', type: 'bigint' },
  name: { sql: 'lower(l.name)', type: 'text' },
  customer_name: { sql: `lower(${customerNameSql('c', "''")})`, type: 'text' },
  created_at: { sql: 'l.created_at', type: 'timestamptz' },
  updated_at: { sql: 'l.updated_at', type: 'timestamptz' },
};
export const LEAD_SORTS = sortsBy('id', 'name', 'customer_name', 'created_at', 'updated_at');

export interface LeadFilter {
  status?: ProposalStatus;
  customerId?: number;
  currency?: string;
  /** Of the invoice that the proposal's qbo columns are of. */
  qboState?: string;
  qboStatus?: string;
  search?: string;
}

/** A row, whose it is, and the invoice that its qbo columns are of. */
export interface NamedLead {
  lead: Lead;
  customerName: string | null;
  invoice: ShownInvoice | null;
}

/** The same with what it is sorted by. */
export type ListedLead = NamedLead & SortPosition;

type ListedRow = Omit<ListedLead, 'lead' | 'invoice'> & ShownInvoiceRow;

/** Reads leads and proposals for people: found by what they know of them, in an order they choose. */
@Injectable()
export class LeadListRepository {
  /** Leads and what became of them. One more than `limit`, so that a page knows of the next. */
  async list(
    tx: EntityManager,
    orgId: number,
    filter: LeadFilter,
    window: SortedWindow,
  ): Promise<ListedLead[]> {
    const { values, place } = new Parameters();
    const org = place(orgId);
    const { key, after, orderBy } = sortClauses(LEAD_SORT_KEYS, window, place);
    const conditions = [after, ...leadConditions(filter, place)];
    const rows = await tx.query<ListedRow[]>(
      `select l.id, ${key} as key, ${customerNameSql('c')} as "customerName", ${SHOWN_INVOICE}
         from leads l left join customers c on c.org_id = l.org_id and c.id = l.customer_id
         ${SHOWN_INVOICE_OF_LEAD}
        where l.org_id = ${org} and ${conditions.join(' and ')}
        order by ${orderBy} limit ${place(window.limit + 1)}`,
      values,
    );
    return this.withLeads(tx, orgId, rows);
  }

  private async withLeads(
    tx: EntityManager,
    orgId: number,
    rows: readonly ListedRow[],
  ): Promise<ListedLead[]> {
    if (rows.length === 0) return [];
    const leads = await tx
      .createQueryBuilder(Lead, 'lead')
      .where('lead.orgId = :orgId and lead.id in (:...ids)', { orgId, ids: rows.map(({ id }) => id) })
      .getMany();
    const byId = new Map(leads.map((lead) => [lead.id, lead]));
    return rows.flatMap((row) => {
      const lead = byId.get(row.id);
      const { id, key, customerName } = row;
      return lead ? [{ id, key, customerName, lead, invoice: shownInvoiceOf(row) }] : [];
    });
  }
}

/** What a filter asks of the lead `l` and its customer `c`. */
export function leadConditions(
  { status, customerId, currency, qboState, qboStatus, search }: LeadFilter,
  place: (value: unknown) => string,
): string[] {
  const conditions: string[] = [];
  if (status !== undefined) conditions.push(`l.status = ${place(status)}`);
  if (customerId !== undefined) conditions.push(`l.customer_id = ${place(customerId)}`);
  if (currency !== undefined) conditions.push(`l.currency = ${place(currency)}`);
  if (qboStatus !== undefined) conditions.push(`l.qbo_status = ${place(qboStatus)}`);
  if (qboState !== undefined) {
    conditions.push(`exists (select from invoices i where i.org_id = l.org_id and i.proposal_id = l.id
      and i.qbo_invoice_id = l.qbo_invoice_id and i.state = ${place(qboState)})`);
  }
  if (search !== undefined) {
    const pattern = place(containing(search));
    const texts = ['l.name', 'l.email', 'l.qbo_invoice_number', 'c.full_name', 'c.email'];
    conditions.push(`(${texts.map((text) => `${text} ilike ${pattern}`).join(' or ')})`);
  }
  return conditions;
}
