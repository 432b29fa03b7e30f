import type { MigrationInterface, QueryRunner } from 'typeorm';

const SOURCES = `
      from payments p
      left join lateral (
        select sum(amount_cents) as cents from refunds
         where org_id = p.org_id and payment_id = p.id and state in ('pending', 'succeeded')) r on true
      left join lateral (
        select sum(amount_cents) filter (where state = 'lost') as cents, bool_or(state = 'open') as is_open
          from disputes where org_id = p.org_id and payment_id = p.id) d on true`;

const BEFORE = { partlyLost: '', first: '' };
/** By which of its generations an entry is billed: one that stands, though a newer one was made in its place. */
const NOW = {
  partlyLost: `when d.cents > 0 then 'partially_lost'`,
  first: `coalesce(state, 'open') not in ('voided', 'deleted') desc,`,
};

const balances = ({ partlyLost, first }: typeof BEFORE): string => `
    create or replace view payment_balances as
    select p.org_id, p.id as payment_id, p.proposal_id, p.currency, p.paid_at, p.amount_cents,
           least(coalesce(r.cents, 0), p.amount_cents)::bigint as refunded_cents,
           least(coalesce(d.cents, 0), p.amount_cents)::bigint as lost_cents,
           greatest(p.amount_cents - coalesce(r.cents, 0) - coalesce(d.cents, 0), 0)::bigint as net_cents,
           case when coalesce(d.is_open, false) then 'disputed'
                when p.amount_cents <= coalesce(r.cents, 0) + coalesce(d.cents, 0)
                  then case when d.cents > 0 then 'lost' else 'refunded' end
                when r.cents > 0 then 'partially_refunded' ${partlyLost}
                else 'paid' end as state,
           p.invoice_kind, p.invoice_sequence, i.id as invoice_id
      ${SOURCES}
      left join lateral (
        select id from invoices
         where org_id = p.org_id and proposal_id = p.proposal_id and kind = p.invoice_kind
           and sequence = p.invoice_sequence
         order by ${first} generation desc limit 1) i on true`;

/** Money is of the invoice, and of the proposal, that it is linked to now. */
export class MoneyByItsLinks1793404800090 implements MigrationInterface {
  readonly name = 'MoneyByItsLinks1793404800090';

  async up(db: QueryRunner): Promise<void> {
    await db.query(balances(NOW));
    // What is on an invoice whose link was moved stayed with the proposal of before.
    await db.query(`
      update invoice_payments p set proposal_id = i.proposal_id
        from invoices i
       where i.org_id = p.org_id and i.qbo_realm_id = p.realm_id and i.qbo_invoice_id = p.qbo_invoice_id
         and p.removed_at is null and p.proposal_id <> i.proposal_id`);
    // The question about a payment that was under way as a link was moved did not say to which invoice.
    const ofInvoice = `
          from payments p
          join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
          join invoices i on i.org_id = b.org_id and i.id = b.invoice_id
         where n.org_id = p.org_id and n.subject = 'payment.other_invoice:' || p.id and i.qbo_invoice_id is not null`;
    const subject = `n.subject || ':' || i.qbo_invoice_id`;
    // One that is open under the new words already stays open alone.
    await db.query(`
      with closed as (
        update inbox_items n
           set state = 'resolved', closed_at = now(), updated_at = now(), retry_queued_at = null, retry_queued_by = null
          ${ofInvoice} and n.state = 'open'
           and exists (select from inbox_items o
                        where o.org_id = n.org_id and o.subject = ${subject} and o.state = 'open')
        returning n.org_id, n.id)
      insert into inbox_events (org_id, item_id, event, at) select org_id, id, 'resolved', now() from closed`);
    await db.query(`update inbox_items n set subject = ${subject} ${ofInvoice}`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(balances(BEFORE));
  }
}
