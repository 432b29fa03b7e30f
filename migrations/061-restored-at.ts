import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the database was restored from a backup: what was made for older proposals may be in QuickBooks and not known
 * here, and is looked for before it is made.
 */
export class RestoredAt1790899200061 implements MigrationInterface {
  readonly name = 'RestoredAt1790899200061';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table qbo_tokens add column restored_at timestamptz');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table qbo_tokens drop column restored_at');
  }
}
