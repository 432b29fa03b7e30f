import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { containing, Parameters } from '../platform/database/parameters.js';
import {
  sortClauses,
  type SortedWindow,
  type SortKey,
  type SortPosition,
} from '../platform/http/lists/sorted-page.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import { Invoice } from './invoice.entity.js';
import { InvoiceLine } from './invoice-line.entity.js';
import { realisedGainCents, type RatedPayment } from './realised-gain.js';
import { liveInvoiceSql } from './invoice-state.js';
import { customerNameSql } from '../customers/customer-name-sql.js';

/** An invoice with whose it is, and its lines. */
export interface ListedInvoice {
  invoice: Invoice;
  /** As it is shown. */
  state: string | null;
  customerId: number | null;
  customerName: string | null;
  /** The number of the change order that it bills by itself. */
  changeOrder: number | null;
  /** In cents of the home currency; null for one in the home currency, and where a rate is not known. */
  realisedGainCents: number | null;
  lines: readonly InvoiceLine[];
}

/** Whose an invoice is, and how it is shown. */
type Owner = Pick<ListedInvoice, 'state' | 'customerId' | 'customerName' | 'changeOrder'> & { id: number };

export interface InvoiceFilter {
  state?: string;
  kind?: string;
  proposalId?: number;
  customerId?: number;
  currency?: string;
  overdue?: boolean;
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
const STATE = `
  case when i.qbo_invoice_id is not null then i.state
       when (select o.state from sync_operations o
              where o.org_id = i.org_id and o.kind = 'invoice.create' and o.entity_id = i.id
              order by o.generation desc limit 1) = 'refused' then 'refused'
       else 'pending' end`;

const FROM = `
  from invoices i
  join leads l on l.org_id = i.org_id and l.id = i.proposal_id
  left join customers c on c.org_id = l.org_id and c.id = l.customer_id`;

/** Reads invoices for people: found by what they know of them, in an order they choose. */
@Injectable()
export class InvoiceListRepository {
  /** One more than `limit`, so that a page knows of the next. `today`: in company time, for what is overdue. */
  async list(
    tx: EntityManager,
    orgId: number,
    filter: InvoiceFilter,
    window: SortedWindow,
    today: CalendarDay,
  ): Promise<(ListedInvoice & SortPosition)[]> {
    const { values, place } = new Parameters();
    const org = place(orgId);
    const { key, after, orderBy } = sortClauses(INVOICE_SORT_KEYS, window, place);
    const conditions = [after, ...conditionsOf(filter, today, place)];
    const rows = await tx.query<SortPosition[]>(
      `select i.id, ${key} as key ${FROM}
        where i.org_id = ${org} and ${conditions.join(' and ')}
        order by ${orderBy} limit ${place(window.limit + 1)}`,
      values,
    );
    const invoices = await this.get(
      tx,
      orgId,
      rows.map(({ id }) => id),
    );
    const keys = new Map(rows.map((row) => [row.id, row.key]));
    return invoices.map((one) => ({ ...one, id: one.invoice.id, key: keys.get(one.invoice.id)! }));
  }

  /** These invoices, in this order. */
  async get(tx: EntityManager, orgId: number, ids: readonly number[]): Promise<ListedInvoice[]> {
    if (ids.length === 0) return [];
    const whose = await tx.query<Owner[]>(
      `select i.id, ${STATE} as state, l.customer_id as "customerId",
              ${customerNameSql('c')} as "customerName",
              (select o.number
                 from contracts k
                 join contract_entries e on e.org_id = k.org_id and e.contract_id = k.id
                 join change_orders o on o.org_id = e.org_id and o.id = e.change_order_id
                where k.org_id = i.org_id and k.proposal_id = i.proposal_id
                  and e.kind = i.kind and e.sequence = i.sequence) as "changeOrder" ${FROM}
        where i.org_id = $1 and i.id = any($2)`,
      [orgId, ids],
    );
    const invoices = await tx
      .createQueryBuilder(Invoice, 'invoice')
      .where('invoice.orgId = :orgId and invoice.id in (:...ids)', { orgId, ids })
      .getMany();
    const lines = await tx
      .createQueryBuilder(InvoiceLine, 'line')
      .where('line.orgId = :orgId and line.invoiceId in (:...ids)', { orgId, ids })
      .orderBy('line.position', 'ASC')
      .getMany();
    const gains = await this.gains(tx, orgId, ids);
    return ids.flatMap((id) => {
      const invoice = invoices.find((one) => one.id === id);
      const owner = whose.find((one) => one.id === id);
      if (!invoice || !owner) return [];
      const { state, customerId, customerName, changeOrder } = owner;
      return [
        {
          invoice,
          state,
          customerId,
          customerName,
          changeOrder,
          realisedGainCents: gains.get(id) ?? null,
          lines: lines.filter((one) => one.invoiceId === id),
        },
      ];
    });
  }

  /**
   * By invoice, of those that QuickBooks has a rate of. Payments alone: what an invoice's own Deposit field took in has
   * the invoice's rate, and credits bring no money. Home amounts have two decimals once no company is connected.
   */
  private async gains(
    tx: EntityManager,
    orgId: number,
    ids: readonly number[],
  ): Promise<Map<number, number | null>> {
    const rows = await tx.query<
      { id: number; rate: string; home: string | null; payments: RatedPayment[] }[]
    >(
      `select i.id, i.exchange_rate as rate, b.home_currency as home,
              coalesce(jsonb_agg(jsonb_build_object('amountCents', p.amount_cents,
                                                    'exchangeRate', p.exchange_rate::text))
                         filter (where p.id is not null), '[]') as payments
         from invoices i
         left join company_books b on b.org_id = i.org_id and b.realm_id = i.qbo_realm_id
         left join invoice_payments p
           on p.org_id = i.org_id and p.realm_id = i.qbo_realm_id and p.qbo_invoice_id = i.qbo_invoice_id
          and p.kind = 'payment' and p.removed_at is null
        where i.org_id = $1 and i.id = any($2) and i.exchange_rate is not null
        group by i.org_id, i.id, b.home_currency`,
      [orgId, ids],
    );
    return new Map(
      rows.map(({ id, rate, home, payments }) => [id, realisedGainCents(rate, payments, home ?? 'USD')]),
    );
  }
}

function conditionsOf(
  { state, kind, proposalId, customerId, currency, overdue, search }: InvoiceFilter,
  today: CalendarDay,
  place: (value: unknown) => string,
): string[] {
  const conditions: string[] = [];
  if (state !== undefined) conditions.push(`${STATE} = ${place(state)}`);
  if (kind !== undefined) conditions.push(`i.kind = ${place(kind)}`);
  if (proposalId !== undefined) conditions.push(`i.proposal_id = ${place(proposalId)}`);
  if (customerId !== undefined) conditions.push(`l.customer_id = ${place(customerId)}`);
  if (currency !== undefined) conditions.push(`i.currency = ${place(currency)}`);
  if (overdue !== undefined) {
    conditions.push(`coalesce(i.balance_cents > 0 and i.due_on < ${place(today)}::date
      and ${liveInvoiceSql('i')}, false) = ${place(overdue)}`);
  }
  if (search !== undefined) {
    const pattern = place(containing(search));
    const texts = ['i.number', 'l.name', 'c.full_name', 'c.email'];
    conditions.push(`(${texts.map((text) => `${text} ilike ${pattern}`).join(' or ')})`);
  }
  return conditions;
}
