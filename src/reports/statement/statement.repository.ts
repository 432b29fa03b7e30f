import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { IS_AS_OPEN, IS_SAME_MEMO, memosBesideMirror, type OwnBooks } from '../aging/open-documents-sql.js';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import type { StatementEntry } from './statement.js';
import { liveInvoiceSql } from '../../invoices/invoice-state.js';

/** The invoices of a customer of ours, what settled them, and money and credits that are on none. Reads only. */
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
   * In no order. Voided and deleted invoices are as if they had never been, as in QuickBooks. Money settles an invoice
   * from the invoice's day on at the earliest; what of a change order's credit is on no invoice counts from the
   * credit's, but for what a refund gave back. What QuickBooks says is open and no payment accounts for is an
   * adjustment, on the day it was last looked at in the organisation's time zone, or the invoice's where that is later.
   * Credits that `listOnAccount` answers of these books are left out.
   */
  async list(
    orgId: number,
    customerId: number,
    timeZone: string,
    books: OwnBooks | null,
  ): Promise<StatementEntry[]> {
    return this.dataSource.query<StatementEntry[]>(
      `with issued as (
         select i.* from invoices i join leads l on l.org_id = i.org_id and l.id = i.proposal_id
          where i.org_id = $1 and l.customer_id = $2 and i.qbo_invoice_id is not null and i.total_cents is not null
            and i.txn_date is not null and ${liveInvoiceSql('i')}),
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
         select i.id, greatest(${dayOfOrgSql('i.last_sync_at', '$3')}, i.txn_date), 'adjustment',
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
       select to_char(o.day, 'YYYY-MM-DD'), 'credit', c.number, null, c.proposal_id, c.currency,
              sum(o.cents)::float8, 'CreditMemo', c.qbo_credit_memo_id, c.qbo_realm_id
         from (${memosBesideMirror('$3', '$4')}) c
         join leads l on l.org_id = c.org_id and l.id = c.proposal_id
        cross join lateral (
          select c.credited_on as day, -c.cents as cents
           union all
          select s.day, a.cents * s.sign from unnest(c.used_on, c.used_cents) as a (day, cents),
                 lateral (values (c.credited_on, -1), (a.day, 1)) as s (day, sign)) o
        where l.customer_id = $2
        group by c.id, c.number, c.proposal_id, c.currency, c.qbo_credit_memo_id, c.qbo_realm_id, o.day
       having sum(o.cents) <> 0`,
      [orgId, customerId, timeZone, books?.realmId ?? null],
    );
  }

  /**
   * Money and credits of the customer while they were on no document, as the mirror of the company's books has them:
   * on a document's own day what nothing took on it, and on each later day what was taken then, above zero. In no
   * order. Together with `list` it comes, on every day, to what receivables by age say is owed less credits.
   */
  async listOnAccount(
    orgId: number,
    customerId: number,
    { realmId, homeCurrency }: OwnBooks,
  ): Promise<StatementEntry[]> {
    return this.dataSource.query<StatementEntry[]>(
      `with parties as (
         select c.qbo_customer_id as id from customers c
          where c.org_id = $1 and c.id = $2 and coalesce(c.qbo_realm_id, $3) = $3
          union
         select x.qbo_customer_id from customer_currency_links x
          where x.org_id = $1 and x.realm_id = $3 and x.customer_id = $2),
       credits as (
         select r.*, c.proposal_id from qbo_receivables r join parties p on p.id = r.party_id
           left join credit_memos c on c.org_id = $1 and ${IS_SAME_MEMO}
          where r.org_id = $1 and r.realm_id = $3 and (r.cents < 0 or r.type = 'Payment')
            and (c.id is null or ${IS_AS_OPEN})),
       moves as (
         select r.type, r.qbo_id, r.proposal_id, r.currency, r.txn_on as moved_on, r.cents from credits r
          union all
         select r.type, r.qbo_id, r.proposal_id, r.currency, greatest(a.day, r.txn_on), a.cents
           from credits r, unnest(r.applied_on, r.applied_amounts) as a (day, cents))
       select to_char(m.moved_on, 'YYYY-MM-DD') as "on",
              case m.type when 'Payment' then 'payment' else 'credit' end as kind, d.number, null as "invoiceId",
              m.proposal_id as "proposalId", coalesce(m.currency, $4) as currency,
              sum(m.cents)::float8 as "amountCents", m.type as "qboType", m.qbo_id as "qboId", $3 as "realmId"
         from moves m
         join qbo_documents d on d.org_id = $1 and d.realm_id = $3 and d.type = m.type and d.qbo_id = m.qbo_id
        group by m.type, m.qbo_id, m.proposal_id, m.moved_on, m.currency, d.number
       having sum(m.cents) <> 0`,
      [orgId, customerId, realmId, homeCurrency],
    );
  }
}
