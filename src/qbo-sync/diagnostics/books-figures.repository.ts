import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Fact, LOCAL_NOW, ORGS_SHOWN_MAX, SHOWN_ORG } from './gauges.js';
import { liveInvoiceSql } from '../../invoices/invoice-state.js';

/** A bucket of receivables as a label, and which days after the due day fall into it: those of `GET /reports/aging`. */
const BUCKETS = {
  current: 'days_late <= 0',
  days_1_30: 'days_late between 1 and 30',
  days_31_60: 'days_late between 31 and 60',
  days_61_90: 'days_late between 61 and 90',
  days_91_plus: 'days_late >= 91',
} as const;
type Bucket = keyof typeof BUCKETS;

/** An organisation without any business shows 0, and not nothing, in its own currency. */
const SHOWN_ORGS = `
  select o.id as org_id, coalesce(s.company_currency, s.currency, 'USD') as currency
    from orgs o left join org_settings s on s.org_id = o.id order by o.id limit ${ORGS_SHOWN_MAX}`;

/** What is open of invoices, and what settles them on which day, where that may be to come. $1 is now. */
const OPEN_INVOICES = `
  select i.org_id, i.currency, i.due_on, i.txn_date, i.balance_cents as cents, null::date as paid_on from invoices i
   where i.qbo_invoice_id is not null and i.total_cents is not null and i.balance_cents > 0 and ${liveInvoiceSql('i')}
  union all
  select i.org_id, i.currency, i.due_on, i.txn_date, p.amount_cents, p.paid_on from invoice_payments p
    join invoices i
      on i.org_id = p.org_id and i.qbo_realm_id = p.realm_id and i.qbo_invoice_id = p.qbo_invoice_id
     and ${liveInvoiceSql('i')} and i.total_cents is not null
   where p.removed_at is null and p.paid_on > ($1::timestamptz - interval '1 day')::date`;

/**
 * How receivables and deferred revenue stand, from what the tables hold: no document is read and no event is posted
 * for a scrape.
 */
@Injectable()
export class BooksFiguresRepository {
  async read(tx: EntityManager, now: Date): Promise<Fact[]> {
    return [...(await this.receivables(tx, now)), ...(await this.deferredRevenue(tx, now))];
  }

  /**
   * What is open on invoices of proposals today, as `GET /reports/aging` has it with `scope=ours`; no credits. Money
   * that a bookkeeper dates on a day to come has lowered the balance, and counts from its day.
   */
  private async receivables(tx: EntityManager, now: Date): Promise<Fact[]> {
    const columns = Object.entries(BUCKETS).map(
      ([bucket, days]) => `coalesce(sum(cents) filter (where ${days}), 0) as ${bucket}`,
    );
    const rows = await tx.query<({ org: string; currency: string } & Record<Bucket, string>)[]>(
      `select ${SHOWN_ORG} as org, currency, ${columns.join(', ')}
         from (select i.org_id, i.currency, i.cents,
                      (${LOCAL_NOW})::date - coalesce(i.due_on, i.txn_date) as days_late
                 from (${OPEN_INVOICES}) i left join org_settings s on s.org_id = i.org_id
                where i.txn_date <= (${LOCAL_NOW})::date and (i.paid_on is null or i.paid_on > (${LOCAL_NOW})::date)
               union all
               select org_id, currency, 0, 0 from (${SHOWN_ORGS}) shown) open
        group by 1, 2`,
      [now],
    );
    return rows.flatMap(({ org, currency, ...buckets }) =>
      Object.entries(buckets).map(([bucket, cents]): Fact => ({
        gauge: 'crm_receivables_cents',
        labels: { org_id: org, currency, bucket },
        value: Number(cents),
      })),
    );
  }

  /** The closing balance of this month of `GET /reports/deferred-revenue`, of the events that are posted. */
  private async deferredRevenue(tx: EntityManager, now: Date): Promise<Fact[]> {
    const rows = await tx.query<{ org: string; currency: string; cents: string }[]>(
      `select ${SHOWN_ORG} as org, currency, sum(cents) as cents
         from (select b.org_id, b.currency, sum(case b.kind when 'billed' then b.cents else -b.cents end) as cents
                 from revenue_balances b left join org_settings s on s.org_id = b.org_id
                where b.kind in ('billed', 'earned', 'credited') and b.month <= date_trunc('month', ${LOCAL_NOW})
                group by b.org_id, b.currency
               union all
               select org_id, currency, 0 from (${SHOWN_ORGS}) shown) balances
        group by 1, 2`,
      [now],
    );
    return rows.map(({ org, currency, cents }) => ({
      gauge: 'crm_deferred_revenue_cents',
      labels: { org_id: org, currency },
      value: Number(cents),
    }));
  }
}
