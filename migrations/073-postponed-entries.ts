import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An entry that could not be billed on its day is not found due again every few seconds, before all that can be. */
export class PostponedEntries1791936000073 implements MigrationInterface {
  readonly name = 'PostponedEntries1791936000073';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table contract_entries add column bill_again_at timestamptz');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table contract_entries drop column bill_again_at');
  }
}
