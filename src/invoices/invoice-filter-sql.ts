import { customerNameSql } from '../customers/customer-name-sql.js';
import { containing } from '../platform/database/statements/parameters.js';
import type { SortKey } from '../platform/http/lists/sorted-page.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import { liveInvoiceSql } from './invoice-state.js';

/** By what invoices are looked for. */
export interface InvoiceFilter {
  state?: string;
  kind?: string;
  proposalId?: number;
  customerId?: number;
  currency?: string;
  overdue?: boolean;
  /** Dated between these days, both included. */
  from?: CalendarDay;
  to?: CalendarDay;
  /** In total or open. */
  amountCents?: number;
  search?: string;
}

/** What an invoice is over with tax, as it is shown. */
const TOTAL: SortKey = { sql: 'coalesce(i.total_cents, i.amount_cents, 0)', type: 'bigint' };

/**
 * What invoices can be sorted by; what is not known yet comes before all else. Names and numbers go by small letters.
 */
export const INVOICE_SORT_KEYS: Readonly<Record<string, SortKey>> = {
  id: { sql: 'i.id', type: 'bigint' },
  number: { sql: `lower(coalesce(i.number, ''))`, type: 'text' },
  customer_name: { sql: `lower(${customerNameSql('c', "''")})`, type: 'text' },
  amount_cents: TOTAL,
  total_cents: TOTAL,
  balance_cents: { sql: 'coalesce(i.balance_cents, 0)', type: 'bigint' },
  paid_cents: { sql: 'coalesce(i.paid_cents, 0)', type: 'bigint' },
  txn_on: { sql: `coalesce(to_char(i.txn_date, 'YYYY-MM-DD'), '')`, type: 'text' },
  due_on: { sql: `coalesce(to_char(i.due_on, 'YYYY-MM-DD'), '')`, type: 'text' },
  created_at: { sql: 'i.created_at', type: 'timestamptz' },
  updated_at: { sql: 'i.updated_at', type: 'timestamptz' },
};

/** As it is shown: QuickBooks' word, or before that what became of the newest try at making it. */
export const INVOICE_STATE = `
  case when i.qbo_invoice_id is not null then i.state
       when (select o.state from sync_operations o
              where o.org_id = i.org_id and o.kind = 'invoice.create' and o.entity_id = i.id
              order by o.generation desc limit 1) = 'refused' then 'refused'
       else 'pending' end`;

/** The conditions on invoices `i` of proposals `l` and customers `c`. Pure. */
export function invoiceConditions(
  { state, kind, proposalId, customerId, currency, overdue, from, to, amountCents, search }: InvoiceFilter,
  today: CalendarDay,
  place: (value: unknown) => string,
): string[] {
  const conditions: string[] = [];
  if (state !== undefined) conditions.push(`${INVOICE_STATE} = ${place(state)}`);
  if (kind !== undefined) conditions.push(`i.kind = ${place(kind)}`);
  if (proposalId !== undefined) conditions.push(`i.proposal_id = ${place(proposalId)}`);
  if (customerId !== undefined) conditions.push(`l.customer_id = ${place(customerId)}`);
  if (currency !== undefined) conditions.push(`i.currency = ${place(currency)}`);
  if (overdue !== undefined) {
    conditions.push(`coalesce(i.balance_cents > 0 and i.due_on < ${place(today)}::date
      and ${liveInvoiceSql('i')}, false) = ${place(overdue)}`);
  }
  if (from !== undefined) conditions.push(`i.txn_date >= ${place(from)}::date`);
  if (to !== undefined) conditions.push(`i.txn_date <= ${place(to)}::date`);
  if (amountCents !== undefined) {
    const before = `case when i.state = 'voided' then coalesce(i.original_cents, i.amount_cents) end`;
    conditions.push(`${place(amountCents)}::bigint in (${TOTAL.sql}, i.balance_cents, ${before})`);
  }
  if (search !== undefined) {
    const pattern = place(containing(search));
    const texts = ['i.number', 'l.name', 'c.full_name', 'c.email'];
    conditions.push(`(${texts.map((text) => `${text} ilike ${pattern}`).join(' or ')})`);
  }
  return conditions;
}
