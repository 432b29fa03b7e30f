import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Parameters } from '../platform/database/statements/parameters.js';
import { sortClauses, type SortedWindow, type SortPosition } from '../platform/http/lists/sorted-page.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import {
  INVOICE_SORT_KEYS,
  INVOICE_STATE,
  invoiceConditions,
  type InvoiceFilter,
} from './invoice-filter-sql.js';
import { Invoice } from './invoice.entity.js';
import { InvoiceLine } from './invoice-line.entity.js';
import { realisedGainCents, type RatedPayment } from './realised-gain.js';
import { customerNameSql } from '../customers/customer-name-sql.js';

/** An invoice with whose it is: what stands in the row of a list. */
export interface InvoiceRow {
  invoice: Invoice;
  /** As it is shown. */
  state: string | null;
  proposalName: string;
  customerId: number | null;
  customerName: string | null;
}

/** The same with its lines, and what else is shown of it. */
export interface ListedInvoice extends InvoiceRow {
  /** The number of the change order that it bills by itself. */
  changeOrder: number | null;
  /** In cents of the home currency; null for one in the home currency, and where a rate is not known. */
  realisedGainCents: number | null;
  lines: readonly InvoiceLine[];
}

/** Whose an invoice is, and how it is shown. */
type Owner = Omit<InvoiceRow, 'invoice'> & { id: number };

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
    const conditions = [after, ...invoiceConditions(filter, today, place)];
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

  /** The ids of all that fit, in this order. */
  async ids(
    tx: EntityManager,
    orgId: number,
    filter: InvoiceFilter,
    sort: string,
    today: CalendarDay,
  ): Promise<number[]> {
    const { values, place } = new Parameters();
    const org = place(orgId);
    const { orderBy } = sortClauses(INVOICE_SORT_KEYS, { sort }, place);
    const conditions = invoiceConditions(filter, today, place);
    const rows = await tx.query<{ id: number }[]>(
      `select i.id ${FROM} where i.org_id = ${org}${conditions.map((one) => ` and ${one}`).join('')}
        order by ${orderBy}`,
      values,
    );
    return rows.map(({ id }) => id);
  }

  /** These invoices, in this order. */
  async get(tx: EntityManager, orgId: number, ids: readonly number[]): Promise<ListedInvoice[]> {
    const rows = await this.rows(tx, orgId, ids);
    if (rows.length === 0) return [];
    const changeOrders = await this.changeOrders(tx, orgId, ids);
    const all = await tx
      .createQueryBuilder(InvoiceLine, 'line')
      .where('line.orgId = :orgId and line.invoiceId = any(:ids)', { orgId, ids })
      .orderBy('line.position', 'ASC')
      .getMany();
    const lines = Map.groupBy(all, ({ invoiceId }) => invoiceId);
    const gains = await this.gains(tx, orgId, ids);
    return rows.map((row) => ({
      ...row,
      changeOrder: changeOrders.get(row.invoice.id) ?? null,
      realisedGainCents: gains.get(row.invoice.id) ?? null,
      lines: lines.get(row.invoice.id) ?? [],
    }));
  }

  /** The same without what each of them consists of. */
  async rows(tx: EntityManager, orgId: number, ids: readonly number[]): Promise<InvoiceRow[]> {
    if (ids.length === 0) return [];
    const whose = await tx.query<Owner[]>(
      `select i.id, ${INVOICE_STATE} as state, l.name as "proposalName", l.customer_id as "customerId",
              ${customerNameSql('c')} as "customerName" ${FROM}
        where i.org_id = $1 and i.id = any($2)`,
      [orgId, ids],
    );
    const found = await tx
      .createQueryBuilder(Invoice, 'invoice')
      .where('invoice.orgId = :orgId and invoice.id = any(:ids)', { orgId, ids })
      .getMany();
    const owners = new Map(whose.map(({ id, ...owner }) => [id, owner]));
    const invoices = new Map(found.map((invoice) => [invoice.id, invoice]));
    return ids.flatMap((id) => {
      const [invoice, owner] = [invoices.get(id), owners.get(id)];
      return invoice && owner ? [{ invoice, ...owner }] : [];
    });
  }

  /** By invoice, of those that bill a change order by itself, its number. */
  private async changeOrders(
    tx: EntityManager,
    orgId: number,
    ids: readonly number[],
  ): Promise<Map<number, number>> {
    const rows = await tx.query<{ id: number; number: number }[]>(
      `select i.id, o.number
         from invoices i
         join contracts k on k.org_id = i.org_id and k.proposal_id = i.proposal_id
         join contract_entries e on e.org_id = k.org_id and e.contract_id = k.id
                                and e.kind = i.kind and e.sequence = i.sequence
         join change_orders o on o.org_id = e.org_id and o.id = e.change_order_id
        where i.org_id = $1 and i.id = any($2)`,
      [orgId, ids],
    );
    return new Map(rows.map(({ id, number }) => [id, number]));
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
