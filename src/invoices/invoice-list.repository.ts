import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import type { InvoiceSort } from './invoice.dto.js';
import { Invoice } from './invoice.entity.js';
import { InvoiceLine } from './invoice-line.entity.js';
import type { InvoicePosition } from './invoice-cursor.js';
import { realisedGainCents, type RatedPayment } from './realised-gain.js';

/** An invoice with whose it is, and its lines. */
export interface ListedInvoice {
  invoice: Invoice;
  /** As it is shown. */
  state: string | null;
  customerId: number | null;
  customerName: string | null;
  /** In cents of the home currency; null for one in the home currency, and where a rate is not known. */
  realisedGainCents: number | null;
  lines: readonly InvoiceLine[];
}

/** Whose an invoice is, and how it is shown. */
type Owner = Pick<ListedInvoice, 'state' | 'customerId' | 'customerName'> & { id: number };

export interface InvoiceFilter {
  state?: string;
  kind?: string;
  proposalId?: number;
  customerId?: number;
  overdue?: boolean;
  search?: string;
}

/** What each order goes by; rows without it come last, whichever way. Ties go by id. */
const ORDER: Readonly<Record<'id' | 'due_on' | 'created_at', string>> = {
  id: 'i.id::text',
  due_on: `coalesce(to_char(i.due_on, 'YYYY-MM-DD'), '')`,
  created_at: `to_char(i.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`,
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
  /** One more than `limit`, so that a page knows of the next; with what the last one is sorted by. */
  async list(
    tx: EntityManager,
    orgId: number,
    filter: InvoiceFilter,
    window: { sort: InvoiceSort; after?: InvoicePosition; limit: number; today: CalendarDay },
  ): Promise<{ invoices: ListedInvoice[]; keys: string[] }> {
    const isDown = window.sort.startsWith('-');
    const by = window.sort.replace('-', '') as keyof typeof ORDER;
    const key = ORDER[by];
    const compare = isDown ? '<' : '>';
    const direction = isDown ? 'desc' : 'asc';
    const after =
      by === 'id'
        ? `($9::text is null or i.id ${compare} $10::int)`
        : `($9::text is null or (${key}, i.id) ${compare} ($9, $10::int))`;
    const rows = await tx.query<{ id: number; key: string }[]>(
      `select i.id, ${key} as key ${FROM}
        where i.org_id = $1
          and ($2::text is null
               or ${STATE} = $2)
          and ($3::text is null or i.kind = $3)
          and ($4::int is null or i.proposal_id = $4)
          and ($5::int is null or l.customer_id = $5)
          and ($6::boolean is null
               or (coalesce(i.balance_cents, 0) > 0 and i.due_on < $7::date
                   and coalesce(i.state, '') not in ('voided', 'deleted')) = $6)
          and ($8::text is null or i.number ilike $8 or l.name ilike $8 or c.full_name ilike $8 or c.email ilike $8)
          and ${after}
        order by ${by === 'id' ? '' : `${key} ${direction},`} i.id ${direction} limit $11`,
      [
        orgId,
        filter.state,
        filter.kind,
        filter.proposalId,
        filter.customerId,
        filter.overdue,
        window.today,
        filter.search === undefined ? undefined : `%${filter.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
        window.after?.key,
        window.after?.id,
        window.limit + 1,
      ],
    );
    const invoices = await this.get(
      tx,
      orgId,
      rows.map(({ id }) => id),
    );
    return { invoices, keys: rows.map((row) => row.key) };
  }

  /** These invoices, in this order. */
  async get(tx: EntityManager, orgId: number, ids: readonly number[]): Promise<ListedInvoice[]> {
    if (ids.length === 0) return [];
    const whose = await tx.query<Owner[]>(
      `select i.id, ${STATE} as state, l.customer_id as "customerId",
              coalesce(c.full_name, c.email) as "customerName" ${FROM}
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
      const { state, customerId, customerName } = owner;
      return [
        {
          invoice,
          state,
          customerId,
          customerName,
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
