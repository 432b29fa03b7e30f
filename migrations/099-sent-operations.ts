import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an organisation sent to QuickBooks and was not answered is found by an index: each poll asks for it, and nearly
 * all that an organisation ever sent was.
 */
export class SentOperations1794182400099 implements MigrationInterface {
  readonly name = 'SentOperations1794182400099';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index sync_operations_maybe_done_idx on sync_operations (org_id, id)
        where state in ('sent', 'uncertain')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index sync_operations_maybe_done_idx');
  }
}
