import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StatementEntry } from './statement.js';

/** The invoices of a customer of ours, what settled them, and credits that are on none. Reads only. */
@Injectable()
export class StatementRepository {
  constructor(private readonly dataSource: DataSource) {}

  async hasCustomer(orgId: number, customerId: number): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      'select from customers where org_id = $1 and id = $2',
      [orgId, customerId],
    );
    return rows.length > 0;
  }

  /**
   * In no order. Voided and deleted invoices are as if they had never been, as in QuickBooks. Money that came before
   * its invoice counts from the invoice's day; what of a credit is on no invoice counts from the credit's. What
   * QuickBooks says is open and no payment accounts for is an adjustment, on the day it was last looked at in the
   * organisation's time zone.
   */
  async list(orgId: number, customerId: number, timeZone: string): Promise<StatementEntry[]> {
    return this.dataSource.query<StatementEntry[]>(
      `with issued as (
         select i.* from invoices i join leads l on l.org_id = i.org_id and l.id = i.proposal_id
          where i.org_id = $1 and l.customer_id = $2 and i.qbo_invoice_id is not null and i.total_cents is not null
            and i.txn_date is not null and coalesce(i.state, 'open') not in ('voided', 'deleted')),
       settled as (
         select i.id, greatest(coalesce(p.paid_on, i.txn_date), i.txn_date) as paid_on, p.amount_cents,
                case when p.kind = 'credit' then 'credit' else 'payment' end as kind
           from issued i
           join invoice_payments p on p.org_id = i.org_id and p.realm_id = i.qbo_realm_id
                                  and p.qbo_invoice_id = i.qbo_invoice_id and p.removed_at is null
          where p.org_id = $1),
       moves as (
         select id, txn_date as moved_on, 'invoice' as kind, total_cents as cents from issued
         union all
         select id, paid_on, kind, -amount_cents from settled
         union all
         select i.id, coalesce((i.last_sync_at at time zone $3)::date, i.txn_date), 'adjustment',
                i.balance_cents - i.total_cents + coalesce(sum(s.amount_cents), 0)
           from issued i left join settled s on s.id = i.id
          where i.balance_cents is not null
          group by i.id, i.last_sync_at, i.txn_date, i.balance_cents, i.total_cents)
       select to_char(m.moved_on, 'YYYY-MM-DD') as "on", m.kind, i.number, i.id as "invoiceId",
              i.proposal_id as "proposalId", i.currency, m.cents::float8 as "amountCents",
              'Invoice' as "qboType", i.qbo_invoice_id as "qboId", i.qbo_realm_id as "realmId"
         from moves m join issued i on i.id = m.id
        where m.cents <> 0
       union all
       select to_char(coalesce(c.txn_date, (c.created_at at time zone $3)::date), 'YYYY-MM-DD'), 'credit', c.number,
              null, c.proposal_id, c.currency, -c.cents::float8, 'CreditMemo', c.qbo_credit_memo_id,
              c.qbo_realm_id
         from (select c.*, case when c.state is null then c.amount_cents else c.balance_cents end as cents
                 from credit_memos c where c.org_id = $1 and (c.state is null or c.state = 'open')) c
         join leads l on l.org_id = c.org_id and l.id = c.proposal_id
        where l.customer_id = $2 and c.cents <> 0`,
      [orgId, customerId, timeZone],
    );
  }
}
