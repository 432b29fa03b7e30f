import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { OpenDocument } from './aging.js';

/** Which documents are asked for, as they stood at the end of a day. */
export interface OpenOn {
  orgId: number;
  asOf: CalendarDay;
  /** Today or later: what QuickBooks last said of a balance is the truth. */
  isNow: boolean;
  currency: string | null;
}

/** QuickBooks' names of what a payment's line settles, by the type of the document. */
const TYPE_OF_LINK = `
  case l.to_type when 'Expense' then 'Purchase' when 'Check' then 'Purchase' when 'CreditCardCredit' then 'Purchase'
                 else l.to_type end`;

const COLUMNS = `
  o.type, o.realm_id as "realmId", o.invoice_id as "invoiceId", o.proposal_id as "proposalId", o.qbo_id as "qboId",
  o.number,
  o.customer_id as "customerId", o.qbo_customer_id as "qboCustomerId", o.customer_name as "customerName",
  o.party_name as "partyName", o.currency, o.exchange_rate::text as "exchangeRate",
  to_char(o.txn_on, 'YYYY-MM-DD') as "txnOn", to_char(o.due_on, 'YYYY-MM-DD') as "dueOn",
  o.open_cents::float8 as "openCents"`;

/** What is open of receivables on a day. Reads only. */
@Injectable()
export class OpenDocumentsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The invoices of our proposals. A past day is worked out from what was applied by then; money that came before its
   * invoice counts from the invoice's day.
   */
  async listOurs({ orgId, asOf, isNow, currency }: OpenOn): Promise<OpenDocument[]> {
    return this.dataSource.query(
      `select ${COLUMNS}
         from (select 'Invoice' as type, i.qbo_realm_id as realm_id, i.id as invoice_id, i.proposal_id,
                      i.qbo_invoice_id as qbo_id, i.number, l.customer_id, i.qbo_customer_ref as qbo_customer_id,
                      coalesce(c.full_name, c.email, l.name) as customer_name, null as party_name, i.currency,
                      i.exchange_rate, i.txn_date as txn_on, i.due_on,
                      case when $3 then i.balance_cents else i.total_cents - coalesce(applied.cents, 0) end
                        as open_cents
                 from invoices i
                 join leads l on l.org_id = i.org_id and l.id = i.proposal_id
                 left join customers c on c.org_id = l.org_id and c.id = l.customer_id
                 left join lateral (
                   select sum(p.amount_cents) as cents from invoice_payments p
                    where p.org_id = i.org_id and p.realm_id = i.qbo_realm_id and p.qbo_invoice_id = i.qbo_invoice_id
                      and p.removed_at is null and coalesce(p.paid_on, i.txn_date) <= $2) as applied on not $3
                where i.org_id = $1 and i.qbo_invoice_id is not null and i.total_cents is not null
                  and coalesce(i.state, 'open') not in ('voided', 'deleted') and i.txn_date <= $2
                  and ($4::text is null or i.currency = $4)) as o
        where o.open_cents <> 0`,
      [orgId, asOf, isNow, currency],
    );
  }

  /**
   * Every document of the company that was open, from the mirror. A payment counts for what it settles from the later
   * of the two days on; until then it stands by itself, as a credit.
   */
  async listOfCompany(
    { orgId, asOf, currency }: OpenOn,
    realmId: string,
    homeCurrency: string,
  ): Promise<OpenDocument[]> {
    return this.dataSource.query(
      `with docs as materialized (
         select type, qbo_id, txn_on, due_on, number, coalesce(currency, $4) as currency, exchange_rate
           from qbo_documents where org_id = $1 and realm_id = $2 and state = 'live' and txn_on <= $3),
       entries as materialized (
         select e.type, e.qbo_id, e.party_id, max(e.party_name) as party_name, sum(e.cents) as cents
           from qbo_subledger_entries e join docs using (type, qbo_id)
          where e.org_id = $1 and e.realm_id = $2 and e.ledger = 'ar'
          group by e.type, e.qbo_id, e.party_id),
       links as materialized (
         select l.qbo_id as payment_id, t.type, t.qbo_id, t.party_id, l.cents * sign(t.cents) as cents
           from qbo_document_links l
           join entries p on p.type = 'Payment' and p.qbo_id = l.qbo_id
           join entries t on t.type = ${TYPE_OF_LINK} and t.qbo_id = l.to_id and t.cents <> 0
                         and (t.type in ('Invoice', 'CreditMemo') or t.party_id = p.party_id)
          where l.org_id = $1 and l.realm_id = $2 and l.type = 'Payment'
         union all
         select l.qbo_id, t.type, t.qbo_id, t.party_id, l.cents * sign(t.cents)
           from qbo_document_links l
           join docs p on p.type = 'Payment' and p.qbo_id = l.qbo_id
           join entries t on t.type = ${TYPE_OF_LINK} and t.qbo_id = l.to_id and t.cents <> 0
          where l.org_id = $1 and l.realm_id = $2 and l.type = 'Payment'
            and not exists (select from entries e where e.type = 'Payment' and e.qbo_id = l.qbo_id)),
       settled as (select type, qbo_id, party_id, sum(cents) as cents from links group by type, qbo_id, party_id),
       used as (select payment_id, sum(cents) as cents from links group by payment_id)
       select ${COLUMNS}
         from (select e.type, $2::text as realm_id, i.id as invoice_id, i.proposal_id, e.qbo_id, d.number,
                      c.id as customer_id, e.party_id as qbo_customer_id,
                      coalesce(c.full_name, c.email, m.display_name, e.party_name, e.party_id) as customer_name,
                      e.party_name, d.currency, d.exchange_rate, d.txn_on,
                      case when e.type = 'Invoice' then d.due_on end as due_on,
                      e.cents - coalesce(s.cents, 0) + coalesce(u.cents, 0) as open_cents
                 from entries e
                 join docs d using (type, qbo_id)
                 left join settled s using (type, qbo_id, party_id)
                 left join used u on e.type = 'Payment' and u.payment_id = e.qbo_id
                 left join invoices i on i.org_id = $1 and i.qbo_realm_id = $2 and e.type = 'Invoice'
                                     and i.qbo_invoice_id = e.qbo_id
                 left join customers c on c.org_id = $1 and coalesce(c.qbo_realm_id, $2) = $2
                                      and c.qbo_customer_id = e.party_id
                 left join qbo_customers m on m.org_id = $1 and m.realm_id = $2 and m.qbo_id = e.party_id
                where $5::text is null or d.currency = $5) as o
        where o.open_cents <> 0`,
      [orgId, realmId, asOf, homeCurrency, currency],
    );
  }
}
