import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The orders that people list leads, proposals and customers in, and the filter by status: a page is read from its
 * place in an index, however many rows there are. None for `updated_at`: every write would then write all indexes of
 * the row.
 */
export class ListOrders1790380800055 implements MigrationInterface {
  readonly name = 'ListOrders1790380800055';

  async up(db: QueryRunner): Promise<void> {
    await db.query('create index leads_status_idx on leads (org_id, status, id)');
    await db.query('create index leads_created_idx on leads (org_id, created_at, id)');
    await db.query('create index leads_name_idx on leads (org_id, lower(name), id)');
    await db.query('create index leads_amount_idx on leads (org_id, coalesce(amount_cents, 0), id)');
    await db.query('create index customers_created_idx on customers (org_id, created_at, id)');
    await db.query(
      'create index customers_name_idx on customers (org_id, lower(coalesce(full_name, email)), id)',
    );
  }

  async down(db: QueryRunner): Promise<void> {
    for (const index of ['leads_status', 'leads_created', 'leads_name', 'leads_amount']) {
      await db.query(`drop index ${index}_idx`);
    }
    for (const index of ['customers_created', 'customers_name']) await db.query(`drop index ${index}_idx`);
  }
}
