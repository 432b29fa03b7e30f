import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How an invoice stands is in no index any more, nor in the condition of one: a row whose state changes is then written
 * in its own page and no index with it. What may still change is found by the primary key, which begins as the index
 * did; deleted invoices are few.
 */
export class InvoiceStates1790208000053 implements MigrationInterface {
  readonly name = 'InvoiceStates1790208000053';

  async up(db: QueryRunner): Promise<void> {
    await db.query('drop index invoices_live_idx');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `create index invoices_live_idx on invoices (org_id, id)
        where qbo_invoice_id is not null and state is distinct from 'deleted'`,
    );
  }
}
