import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which QuickBooks customer and invoice stand for ours, and how the invoice stands. */
export class QboLinks1762041600005 implements MigrationInterface {
  readonly name = 'QboLinks1762041600005';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table customers
        add column qbo_customer_id varchar(64),
        add column qbo_last_sync_at timestamptz`);
    await db.query(`create index customers_qbo_customer_idx on customers (qbo_customer_id)`);
    await db.query(`
      alter table leads
        add column qbo_invoice_id varchar(64),
        add column qbo_invoice_number varchar(64),
        add column qbo_status varchar(24),
        add column qbo_balance_cents bigint,
        add column qbo_paid_cents bigint,
        add column qbo_last_sync_at timestamptz,
        add constraint leads_qbo_status_known check (qbo_status in ('Paid', 'Open', 'Unknown'))`);
    await db.query(`create index leads_qbo_invoice_idx on leads (qbo_invoice_id)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index leads_qbo_invoice_idx');
    await db.query(`
      alter table leads
        drop constraint leads_qbo_status_known,
        drop column qbo_invoice_id,
        drop column qbo_invoice_number,
        drop column qbo_status,
        drop column qbo_balance_cents,
        drop column qbo_paid_cents,
        drop column qbo_last_sync_at`);
    await db.query('drop index customers_qbo_customer_idx');
    await db.query('alter table customers drop column qbo_customer_id, drop column qbo_last_sync_at');
  }
}
