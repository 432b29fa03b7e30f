import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The old subjects of items about invoices, with that of each by our id of the invoice. */
const BY_INVOICE = `
  select distinct on (n.org_id, n.id) n.org_id, n.id,
         split_part(n.subject, ':', 1) || ':' || i.id || coalesce(substring(n.subject from '^[^:]+:[^:]+(:.+)$'), '')
           as subject
    from inbox_items n
    join invoices i on i.org_id = n.org_id and i.proposal_id = n.proposal_id
                   and i.qbo_invoice_id = split_part(n.subject, ':', 2)
    left join qbo_tokens t on t.org_id = n.org_id
   where split_part(n.subject, ':', 1) in ('invoice.drift', 'invoice.number', 'invoice.unwanted')
   order by n.org_id, n.id, coalesce(i.qbo_realm_id, t.realm_id) is not distinct from t.realm_id desc, i.id desc`;

/**
 * The same of items about a payment on account: with the company in which it was recorded from here, where that was one
 * alone, else the one that is connected.
 */
const BY_PAYMENT = `
  select n.org_id, n.id,
         'payment.on_account:' || coalesce(o.realm_id, t.realm_id) || ':' || split_part(n.subject, ':', 2) as subject
    from inbox_items n
    left join qbo_tokens t on t.org_id = n.org_id
    left join lateral (
      select min(o.realm_id) as realm_id from sync_operations o
       where o.org_id = n.org_id and o.kind = 'payment.create' and o.qbo_id = split_part(n.subject, ':', 2)
      having count(distinct o.realm_id) = 1) o on true
   where n.subject like 'payment.on\\_account:%'`;

/** The new subjects with the old one of each; of open items that had the same, the oldest has it. */
const BEFORE = `
  select distinct on (n.org_id, was.subject, case when n.state = 'open' then 0 else n.id end)
         n.org_id, n.id, was.subject
    from inbox_items n
    left join invoices i on i.org_id = n.org_id and n.subject like 'invoice.%'
                        and i.id::text = split_part(n.subject, ':', 2)
    cross join lateral (
      select case
        when split_part(n.subject, ':', 1) in ('invoice.drift', 'invoice.number', 'invoice.unwanted')
          then split_part(n.subject, ':', 1) || ':' || i.qbo_invoice_id
               || coalesce(substring(n.subject from '^[^:]+:[^:]+(:.+)$'), '')
        when n.subject like 'payment.on\\_account:%:%'
          then 'payment.on_account:' || split_part(n.subject, ':', 3)
        when n.subject like 'company.invoices\\_gone:%' then 'company.invoices_gone' end as subject) was
   where was.subject is not null
   order by n.org_id, was.subject, case when n.state = 'open' then 0 else n.id end, n.id`;

/**
 * Each company of QuickBooks numbers its documents by itself, so that the question about one of them names the company,
 * or our own id of it. What was asked about an invoice whose total is as it was sent by now is over. What a refund
 * receipt was made over is not known of those about which somebody was asked.
 */
export class QuestionsOfCompanies1792540800080 implements MigrationInterface {
  readonly name = 'QuestionsOfCompanies1792540800080';

  async up(db: QueryRunner): Promise<void> {
    for (const subjects of [BY_INVOICE, BY_PAYMENT])
      await db.query(`
        update inbox_items n set subject = s.subject from (${subjects}) s
         where n.org_id = s.org_id and n.id = s.id and s.subject is not null`);
    await db.query(`
      update inbox_items n set subject = n.subject || ':' || t.realm_id from qbo_tokens t
       where t.org_id = n.org_id and n.subject = 'company.invoices_gone'`);
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
    await db.query(`
      update sync_operations o set payload = o.payload || '{"overCents": null}'
       where o.kind = 'refund.create' and exists (
         select from inbox_items n where n.org_id = o.org_id and n.subject = 'refund.total:' || o.id)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`update sync_operations set payload = payload - 'overCents' where payload ? 'overCents'`);
    await db.query(`
      update inbox_items n set subject = s.subject from (${BEFORE}) s
       where n.org_id = s.org_id and n.id = s.id`);
  }
}
