import type { MigrationInterface, QueryRunner } from 'typeorm';

const BALANCES = `
    select p.org_id, p.id as payment_id, p.proposal_id, p.currency, p.paid_at, p.amount_cents,
           least(coalesce(r.cents, 0), p.amount_cents)::bigint as refunded_cents,
           least(coalesce(d.cents, 0), p.amount_cents)::bigint as lost_cents,
           greatest(p.amount_cents - coalesce(r.cents, 0) - coalesce(d.cents, 0), 0)::bigint as net_cents,
           case when coalesce(d.is_open, false) then 'disputed'
                when p.amount_cents <= coalesce(r.cents, 0) + coalesce(d.cents, 0)
                  then case when d.cents > 0 then 'lost' else 'refunded' end
                when r.cents > 0 then 'partially_refunded'
                else 'paid' end as state`;

const SOURCES = `
      from payments p
      left join lateral (
        select sum(amount_cents) as cents from refunds
         where org_id = p.org_id and payment_id = p.id and state in ('pending', 'succeeded')) r on true
      left join lateral (
        select sum(amount_cents) filter (where state = 'lost') as cents, bool_or(state = 'open') as is_open
          from disputes where org_id = p.org_id and payment_id = p.id) d on true`;

/**
 * A payment, and the page it was made on, is for one entry of the contract: the deposit, a progress payment, the final
 * one or the retainage. Its invoice is the newest generation of that entry, whenever it is made. What was paid before
 * was the deposit. A payment page may ask for more than the total of the proposal: tax comes on top of it.
 */
export class PaymentsOfInvoices1789603200046 implements MigrationInterface {
  readonly name = 'PaymentsOfInvoices1789603200046';

  async up(db: QueryRunner): Promise<void> {
    for (const table of ['checkout_sessions', 'payments']) {
      await db.query(`
        alter table ${table}
          add column invoice_kind text not null default 'deposit',
          add column invoice_sequence integer not null default 1,
          add constraint ${table}_invoice_kind_known
            check (invoice_kind in ('deposit', 'progress', 'final', 'retainage')),
          add constraint ${table}_invoice_sequence_positive check (invoice_sequence > 0)`);
    }
    await db.query('alter table checkout_sessions drop constraint checkout_sessions_amount_within_total');
    await db.query('drop view payment_balances');
    await db.query(`
      create view payment_balances as ${BALANCES},
           p.invoice_kind, p.invoice_sequence, i.id as invoice_id
      ${SOURCES}
      left join lateral (
        select id from invoices
         where org_id = p.org_id and proposal_id = p.proposal_id and kind = p.invoice_kind
           and sequence = p.invoice_sequence
         order by generation desc limit 1) i on true`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop view payment_balances');
    await db.query(`create view payment_balances as ${BALANCES} ${SOURCES}`);
    await db.query(
      'update checkout_sessions set total_cents = amount_cents where total_cents < amount_cents',
    );
    await db.query(`
      alter table checkout_sessions
        add constraint checkout_sessions_amount_within_total check (amount_cents <= total_cents)`);
    for (const table of ['checkout_sessions', 'payments']) {
      await db.query(`alter table ${table} drop column invoice_kind, drop column invoice_sequence`);
    }
  }
}
