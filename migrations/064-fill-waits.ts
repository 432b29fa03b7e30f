import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why the fill of a mirror waits for the metered reads of another month: what it takes, and how the budget stood. */
export class FillWaits1791158400064 implements MigrationInterface {
  readonly name = 'FillWaits1791158400064';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table qbo_document_mirrors add column waits jsonb');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table qbo_document_mirrors drop column waits');
  }
}
