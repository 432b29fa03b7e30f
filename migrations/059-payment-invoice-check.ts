import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the invoice of a payment that the bookkeeper enters is looked at for money that was there before, and what of a
 * payment nobody owed, so that its refund closes the matter; and when a refund failed, so that a sum that Stripe tells
 * later is known not to contain it.
 */
export class PaymentInvoiceCheck1790726400059 implements MigrationInterface {
  readonly name = 'PaymentInvoiceCheck1790726400059';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table payments
        add column invoice_check_at timestamptz,
        add column not_owed_cents bigint,
        add constraint payments_not_owed_positive check (not_owed_cents > 0)`);
    await db.query('alter table refunds add column failed_at timestamptz');
    await db.query(`
      create index payments_invoice_check_idx on payments (invoice_check_at) where invoice_check_at is not null`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index payments_invoice_check_idx');
    await db.query('alter table refunds drop column failed_at');
    await db.query('alter table payments drop column invoice_check_at, drop column not_owed_cents');
  }
}
