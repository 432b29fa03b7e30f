import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Proposals and invoices of a currency are found by it: those of a rare one were looked for among all of the
 * organisation. A currency never changes, so updates of a row stay as cheap as they were.
 */
export class CurrencyIndexes1790985600062 implements MigrationInterface {
  readonly name = 'CurrencyIndexes1790985600062';

  async up(db: QueryRunner): Promise<void> {
    await db.query('create index leads_currency_idx on leads (org_id, currency, id)');
    await db.query('create index invoices_currency_idx on invoices (org_id, currency, id)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index invoices_currency_idx');
    await db.query('drop index leads_currency_idx');
  }
}
