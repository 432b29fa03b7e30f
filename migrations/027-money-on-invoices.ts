import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Money on an invoice can stand in its own Deposit field, and a payment's money counts once, wherever it is moved: each
 * row keeps what was counted by it. Invoices that were settled by more than is known of are asked about again.
 */
export class MoneyOnInvoices1787443200027 implements MigrationInterface {
  readonly name = 'MoneyOnInvoices1787443200027';

  async up(db: QueryRunner): Promise<void> {
    await db.query('set local statement_timeout = 0');
    await db.query(`
      alter table invoice_payments
        drop constraint invoice_payments_kind_known,
        add constraint invoice_payments_kind_known check (kind in ('payment', 'deposit', 'credit')),
        add column counted_cents bigint not null default 0,
        add constraint invoice_payments_counted_not_negative check (counted_cents >= 0)`);
    await db.query(`update invoice_payments set counted_cents = amount_cents where kind = 'payment'`);
    await db.query(`
      update invoices i set payments_incomplete = true
       where i.qbo_invoice_id is not null and coalesce(i.state, '') not in ('voided', 'deleted')
         and i.total_cents - i.balance_cents > (
           select coalesce(sum(p.amount_cents), 0) from invoice_payments p
            where p.org_id = i.org_id and p.realm_id = i.qbo_realm_id and p.qbo_invoice_id = i.qbo_invoice_id
              and p.removed_at is null)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`delete from invoice_payments where kind = 'deposit'`);
    await db.query(`
      alter table invoice_payments
        drop column counted_cents,
        drop constraint invoice_payments_kind_known,
        add constraint invoice_payments_kind_known check (kind in ('payment', 'credit'))`);
  }
}
