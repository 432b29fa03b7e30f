import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of a subject: what comes after its prefix, and what after that. */
const NUMBER = `split_part(n.subject, ':', 2)`;
const REST = `coalesce(substring(n.subject from '^[^:]+:[^:]+(:.+)$'), '')`;

/** Items about invoices, by the start of their subjects. */
const PREFIX = `split_part(n.subject, ':', 1)`;
const IS_OF_INVOICE = `${PREFIX} in ('invoice.drift', 'invoice.number', 'invoice.unwanted')`;

/**
 * What items are about, as it is called from now on (`wanted`), or else so that nobody takes it for the number of
 * something else (`spare`): by QuickBooks' number that is no invoice of ours, or by our id that has no such number.
 */
interface Renamed {
  invoices: string;
  payments: string;
  companies: string;
}

const AFTER: Renamed = {
  /** By our id of the invoice; of the connected company's where two have the number. */
  invoices: `
    select distinct on (n.org_id, n.id) n.org_id, n.id,
           ${PREFIX} || ':' || case when ${NUMBER} like 'ours.%' then split_part(${NUMBER}, '.', 2)
                                    else i.id::text end || ${REST} as wanted,
           ${PREFIX} || ':' || case when ${NUMBER} like '%.%' then ${NUMBER}
                                    else 'qbo.' || ${NUMBER} || '.' || n.id end || ${REST} as spare
      from inbox_items n
      left join invoices i on i.org_id = n.org_id and i.proposal_id = n.proposal_id and i.qbo_invoice_id = ${NUMBER}
      left join qbo_tokens t on t.org_id = n.org_id
     where ${IS_OF_INVOICE}
     order by n.org_id, n.id, coalesce(i.qbo_realm_id, t.realm_id) is not distinct from t.realm_id desc, i.id desc`,
  /**
   * With the company in which a payment of the same customer was recorded from here under this number, where that was
   * one alone, else the one that is connected: the payment may be a stranger to us.
   */
  payments: `
    select n.org_id, n.id,
           case when n.subject like '%:%:%' then n.subject
                else 'payment.on_account:' || coalesce(o.realm_id, t.realm_id) || ':' || ${NUMBER} end as wanted,
           n.subject as spare
      from inbox_items n
      left join qbo_tokens t on t.org_id = n.org_id
      left join lateral (
        select min(o.realm_id) as realm_id
          from sync_operations o
          join leads l on l.org_id = o.org_id and l.id = o.proposal_id
          left join payments p on p.org_id = o.org_id and p.id = o.entity_id
         where o.org_id = n.org_id and o.kind = 'payment.create' and o.qbo_id = ${NUMBER}
           and n.customer_id in (p.customer_id, l.customer_id)
        having count(distinct o.realm_id) = 1) o on true
     where ${PREFIX} = 'payment.on_account'`,
  companies: `
    select n.org_id, n.id,
           case when n.subject like '%:%' then n.subject else n.subject || ':' || t.realm_id end as wanted,
           n.subject as spare
      from inbox_items n left join qbo_tokens t on t.org_id = n.org_id
     where ${PREFIX} = 'company.invoices_gone'`,
};

const BEFORE: Renamed = {
  invoices: `
    select n.org_id, n.id,
           ${PREFIX} || ':' || case when ${NUMBER} like 'qbo.%' then split_part(${NUMBER}, '.', 2)
                                    else i.qbo_invoice_id end || ${REST} as wanted,
           ${PREFIX} || ':' || case when ${NUMBER} like '%.%' then ${NUMBER}
                                    else 'ours.' || ${NUMBER} || '.' || n.id end || ${REST} as spare
      from inbox_items n
      left join invoices i on i.org_id = n.org_id
                          and i.id::text = case when ${NUMBER} like 'ours.%' then split_part(${NUMBER}, '.', 2)
                                                else ${NUMBER} end
     where ${IS_OF_INVOICE}`,
  payments: `
    select n.org_id, n.id, 'payment.on_account:' || split_part(n.subject, ':', 3) as wanted, n.subject as spare
      from inbox_items n where ${PREFIX} = 'payment.on_account' and n.subject like '%:%:%'`,
  companies: `
    select n.org_id, n.id, ${PREFIX} as wanted, n.subject as spare
      from inbox_items n where ${PREFIX} = 'company.invoices_gone'`,
};

/**
 * Renames them all at once: the new name of one may be the old one of another, and open ones have names of their own,
 * which is looked at row by row. So all of them go by names that nobody has in between. Of open ones that come to the
 * same, the one that has the name already keeps it, or the oldest gets it.
 */
async function rename(db: QueryRunner, { invoices, payments, companies }: Renamed): Promise<void> {
  await db.query(`
    with renamed as (${[invoices, payments, companies].map((one) => `(${one})`).join(' union all ')}),
    ranked as (
      select r.*, row_number() over (
               partition by r.org_id, r.wanted, case when n.state = 'open' then 0 else n.id end
               order by n.subject = r.wanted desc, n.id) as rank
        from renamed r join inbox_items n on n.org_id = r.org_id and n.id = r.id)
    update inbox_items n
       set subject = '~' || case when r.wanted is null or r.rank > 1 then r.spare else r.wanted end
      from ranked r where n.org_id = r.org_id and n.id = r.id`);
  await db.query(`update inbox_items set subject = substr(subject, 2) where subject like '~%'`);
}

/**
 * What QuickBooks made receipts of refunds over beyond what was sent, of those from before that was kept: as they stood
 * when they were last read, where nobody is asked to lower them as a refund failed, else not known.
 */
const KEEP_OVER = `
  update sync_operations o
     set payload = o.payload || jsonb_build_object('overCents', case
           when exists (select from inbox_items n
                         where n.org_id = o.org_id and n.subject = 'refund.excess:' || o.entity_id and n.state = 'open')
             then null
           else s.total_cents - (o.payload ->> 'amountCents')::bigint end)
    from sync_operations one
    left join qbo_documents s on s.org_id = one.org_id and s.realm_id = one.realm_id and s.type = 'RefundReceipt'
                             and s.qbo_id = one.qbo_id and s.state = 'live'
   where one.org_id = o.org_id and one.id = o.id and o.kind = 'refund.create' and o.state = 'done'
     and (o.payload ->> 'amountCents')::bigint > 0
     and s.total_cents is distinct from (o.payload ->> 'amountCents')::bigint`;

/**
 * Each company of QuickBooks numbers its documents by itself, so that the question about one of them names the company,
 * or our own id of it. What was asked about an invoice whose total is as it was sent by now is over.
 */
export class QuestionsOfCompanies1792540800080 implements MigrationInterface {
  readonly name = 'QuestionsOfCompanies1792540800080';

  async up(db: QueryRunner): Promise<void> {
    await rename(db, AFTER);
    await closeNameless(db);
    await db.query(`
      with right_again as (
        select i.org_id, i.id from invoices i
          join portal_activity a on a.org_id = i.org_id and a.proposal_id = i.proposal_id
                                and a.event = 'invoice_total_differs' and a.occurrence = i.qbo_invoice_id
         where i.total_cents = i.original_cents and (a.meta ->> 'sent_cents')::bigint = i.total_cents
           and (a.meta ->> 'amount_cents')::bigint <> i.total_cents),
      closed as (
        update inbox_items n
           set state = 'resolved', closed_at = now(), updated_at = now(), retry_queued_at = null, retry_queued_by = null
          from right_again i
         where n.org_id = i.org_id and n.state = 'open'
           and n.subject in ('invoice.total:' || i.id, 'invoice.drift:' || i.id || ':amount')
        returning n.org_id, n.id)
      insert into inbox_events (org_id, item_id, event, at) select org_id, id, 'resolved', now() from closed`);
    await db.query(KEEP_OVER);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      update sync_operations set payload = payload - 'overCents'
       where kind = 'refund.create' and payload ? 'overCents'`);
    await rename(db, BEFORE);
  }
}

/** What names no company is of none that anybody hears of: the same is asked anew of the one that is connected. */
async function closeNameless(db: QueryRunner): Promise<void> {
  await db.query(`
    with closed as (
      update inbox_items n
         set state = 'resolved', closed_at = now(), updated_at = now(), retry_queued_at = null, retry_queued_by = null
       where n.state = 'open'
         and (n.subject = 'company.invoices_gone' or ${PREFIX} = 'payment.on_account' and n.subject not like '%:%:%')
      returning n.org_id, n.id)
    insert into inbox_events (org_id, item_id, event, at) select org_id, id, 'resolved', now() from closed`);
}
