import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happened lately is read for the metrics every few seconds, over all organisations. */
export class PeriodIndexes1789257600042 implements MigrationInterface {
  readonly name = 'PeriodIndexes1789257600042';

  async up(db: QueryRunner): Promise<void> {
    await db.query('create index payments_paid_at_idx on payments (paid_at)');
    await db.query('create index refunds_made_at_idx on refunds (made_at)');
    await db.query(
      'create index invoice_payments_paid_on_idx on invoice_payments (paid_on) where removed_at is null',
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index payments_paid_at_idx, refunds_made_at_idx, invoice_payments_paid_on_idx');
  }
}
