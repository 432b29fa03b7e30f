import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many documents of each type a company has, counted before they are read; and how far the fill of its mirror is,
 * so that one that was cut off goes on where it was.
 */
export class MirrorFill1790812800060 implements MigrationInterface {
  readonly name = 'MirrorFill1790812800060';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table qbo_document_mirrors
        add column totals jsonb not null default '{}',
        add column fill_as_of timestamptz,
        add column fill_done text[] not null default '{}'`);
    // What is known of those that are filled is what was read.
    await db.query('update qbo_document_mirrors set totals = progress where filled_at is not null');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'alter table qbo_document_mirrors drop column totals, drop column fill_as_of, drop column fill_done',
    );
  }
}
